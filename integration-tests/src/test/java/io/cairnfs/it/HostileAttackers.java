package io.cairnfs.it;

import io.cairnfs.protocol.admission.JoinToken;
import io.cairnfs.protocol.identity.NodeId;
import io.cairnfs.protocol.transport.WireError;
import io.cairnfs.protocol.transport.netty.HostileConnection;
import io.cairnfs.protocol.transport.netty.HostileConnection.Speaker;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A process with a hundred attackers, ten of each behaviour, that come again as soon as they are
 * thrown out. They begin when a line is read; at the next they come no more, but wait until the
 * node ends their last connections. Then what became of them is printed, a line for each behaviour:
 * its name, connections that were ended, those that were not, and the errors that were told.
 */
final class HostileAttackers {

  static final int PER_BEHAVIOUR = 10;
  private static final long PAUSE_MILLIS = 20;

  /** By then the node should have lost patience. */
  private static final long LAST_WAIT_MILLIS = 20_000;

  private final HostileBehaviour.Target target;

  /** What became of the connections of one behaviour. */
  private record Tally(
      AtomicInteger ended, AtomicInteger left, Map<WireError, AtomicInteger> told) {

    Tally() {
      this(new AtomicInteger(), new AtomicInteger(), new ConcurrentHashMap<>());
    }

    void tell(WireError error) {
      told.computeIfAbsent(error, any -> new AtomicInteger()).incrementAndGet();
    }
  }

  private volatile boolean stopped;

  private HostileAttackers(HostileBehaviour.Target target) {
    this.target = target;
  }

  /** Takes the node's port, its id and the file of its join token. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    InetSocketAddress address =
        new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(arguments[0]));
    HostileAttackers attackers =
        new HostileAttackers(
            new HostileBehaviour.Target(
                address, NodeId.parse(arguments[1]), JoinToken.load(Path.of(arguments[2]))));
    try (BufferedReader commands =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      attackers.attackBetweenLines(commands);
    }
    System.exit(0); // some are still in the middle of it
  }

  private void attackBetweenLines(BufferedReader commands)
      throws IOException, InterruptedException {
    Speaker setter = new Speaker();
    Speaker stranger = new Speaker();
    List<Slot> slots = new ArrayList<>();
    Map<HostileBehaviour, Tally> tallies = new TreeMap<>();
    for (HostileBehaviour behaviour : HostileBehaviour.values()) {
      Tally tally = new Tally();
      tallies.put(behaviour, tally);
      for (int i = 0; i < PER_BEHAVIOUR; i++) {
        Speaker speaker = behaviour.isAdmitted() ? new Speaker() : stranger;
        slots.add(new Slot(behaviour, tally, speaker, new Random(slots.size())));
      }
    }
    try (HostileConnection connection = HostileConnection.tls(target.address(), setter)) {
      connection.hello(setter, target.id(), target.token()).send(HostileBehaviour.setUp());
      System.out.println("ready");
      commands.readLine();
    }
    List<Thread> threads = slots.stream().map(slot -> Thread.ofVirtual().start(slot)).toList();
    commands.readLine();
    stopped = true;
    long end = System.currentTimeMillis() + LAST_WAIT_MILLIS;
    for (int i = 0; i < slots.size(); i++) {
      if (!threads.get(i).join(Duration.ofMillis(Math.max(1, end - System.currentTimeMillis())))) {
        slots.get(i).tally.left.incrementAndGet();
      }
    }
    tallies.forEach(
        (behaviour, tally) ->
            System.out.println(
                behaviour
                    + " "
                    + tally.ended
                    + " "
                    + tally.left
                    + " "
                    + new TreeMap<>(tally.told)));
    System.out.println("end");
  }

  private final class Slot implements Runnable {

    private final HostileBehaviour behaviour;
    private final Tally tally;
    private final Speaker speaker;
    private final Random random;

    Slot(HostileBehaviour behaviour, Tally tally, Speaker speaker, Random random) {
      this.behaviour = behaviour;
      this.tally = tally;
      this.speaker = speaker;
      this.random = random;
    }

    @Override
    public void run() {
      try {
        while (!stopped) {
          attackOnce();
          Thread.sleep(PAUSE_MILLIS);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    private void attackOnce() throws InterruptedException {
      try (HostileConnection connection = behaviour.connect(target, speaker)) {
        WireError error = behaviour.attack(connection, random, () -> stopped, tally::tell);
        tally.ended.incrementAndGet();
        if (error != null) {
          tally.tell(error);
        }
      } catch (IOException e) {
        tally.ended.incrementAndGet(); // refused so early that even the handshake failed
      }
    }
  }
}
