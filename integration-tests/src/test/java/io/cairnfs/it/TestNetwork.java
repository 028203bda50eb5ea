package io.cairnfs.it;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Hosts in one network, all on this machine: a network namespace each, joined by a bridge in
 * another one, with rules of iptables that cut them off from each other. A namespace has no name;
 * it lives as long as processes in it, of which one is there for that, so that the reaper's killing
 * removes everything.
 */
final class TestNetwork implements AutoCloseable {

  private static final long COMMAND_SECONDS = 30;
  private static final List<String> TOOLS = List.of("unshare", "nsenter", "ip", "iptables");

  /** One host. */
  record Host(String address, Process holder) {

    /** The words of a command that runs on it. */
    List<String> command(List<String> words) {
      List<String> all = new ArrayList<>(List.of("nsenter", "--net", "--target"));
      all.add(Long.toString(holder.pid()));
      all.add("--");
      all.addAll(words);
      return all;
    }

    /** Has the shell run a command. */
    private void run(String command) throws IOException {
      holder.outputWriter().write("{ " + command + "; } 2>&1; echo $?\n");
      holder.outputWriter().flush();
      StringBuilder said = new StringBuilder();
      while (true) {
        String line = holder.inputReader().readLine();
        if (line == null || (!line.equals("0") && line.matches("[0-9]+"))) {
          throw new IOException(command + ": " + said);
        }
        if (line.equals("0")) {
          return;
        }
        said.append(line).append(' ');
      }
    }

    @Override
    public String toString() {
      return address;
    }
  }

  private final Process bridge;
  private final List<Host> hosts = new ArrayList<>();

  private TestNetwork(Process bridge) {
    this.bridge = bridge;
  }

  /** Where this machine or user cannot have namespaces, the test is left out, and says so. */
  static void assumePossible() {
    assumeTrue(System.getProperty("user.name", "").equals("root"), "only root makes namespaces");
    for (String tool : TOOLS) {
      boolean found = false;
      for (String directory : List.of("/usr/sbin", "/usr/bin", "/sbin", "/bin")) {
        found |= Files.isExecutable(Path.of(directory, tool));
      }
      assumeTrue(found, "needs " + tool);
    }
  }

  /** Makes so many hosts that all reach each other. */
  static TestNetwork open(int size) throws IOException, InterruptedException {
    TestNetwork network = new TestNetwork(newNamespace());
    try {
      network.onBridge("ip link add bridge type bridge && ip link set bridge up");
      for (int number = 1; number <= size; number++) {
        network.hosts.add(network.newHost(number));
      }
      return network;
    } catch (IOException | InterruptedException | RuntimeException | AssertionError e) {
      network.close();
      throw e;
    }
  }

  private static Process newNamespace() throws IOException, InterruptedException {
    Process holder =
        RunDirectory.current().mark(new ProcessBuilder("unshare", "--net", "sh")).start();
    Path own = Path.of("/proc/self/ns/net");
    Path its = Path.of("/proc", Long.toString(holder.pid()), "ns", "net");
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(COMMAND_SECONDS);
    while (Files.readSymbolicLink(its).equals(Files.readSymbolicLink(own))) {
      if (!holder.isAlive() || System.nanoTime() > deadline) {
        throw new IOException("no network namespace can be made");
      }
      Thread.sleep(5);
    }
    return holder;
  }

  private Host newHost(int number) throws IOException, InterruptedException {
    Host host = new Host("10.77.0." + number, newNamespace());
    String port = "host" + number;
    long pid = host.holder().pid();
    onBridge("ip link add %s type veth peer name eth0 netns %d".formatted(port, pid));
    onBridge("ip link set %s master bridge up".formatted(port));
    host.run(
        "ip link set lo up && ip addr add %s/24 dev eth0 && ip link set eth0 up"
            .formatted(host.address()));
    return host;
  }

  private void onBridge(String command) throws IOException {
    new Host("", bridge).run(command);
  }

  List<Host> hosts() {
    return List.copyOf(hosts);
  }

  /** Nothing passes between two hosts any more, in either direction, and neither is told. */
  void cut(Host one, Host other) throws IOException {
    drop(one, other);
    drop(other, one);
  }

  /** What one host sends does not reach the other. */
  void drop(Host from, Host to) throws IOException {
    to.run("iptables -w -A INPUT -s " + from.address() + " -j DROP");
  }

  /** A host is cut off from all others. */
  void isolate(Host host) throws IOException {
    host.run("iptables -w -A INPUT -i eth0 -j DROP && iptables -w -A OUTPUT -o eth0 -j DROP");
  }

  /** Everything passes to and from a host again, as far as the rules were its own. */
  void heal(Host host) throws IOException {
    host.run("iptables -w -F");
  }

  /** Everything passes again. */
  void heal() throws IOException {
    for (Host host : hosts) {
      heal(host);
    }
  }

  /** Removes the hosts as far as nothing runs on them any more. */
  @Override
  public void close() {
    hosts.forEach(host -> host.holder().destroyForcibly());
    bridge.destroyForcibly();
  }
}
