package io.cairnfs.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Nodes on small disks and mounts of a volume, each on a host of its own; a host is spare. */
final class SoakScene implements AutoCloseable {

  static final int NODES = 7;
  static final int MOUNTS = 2;
  static final int TIMEOUT_SECONDS = 60;

  private static final int DISK_MEBIBYTES = 1024;
  private static final long WHOLE_MINUTES = 10;

  private static final String NODE =
      """
      grace = "70s"
      scrub = "20s"
      scrub-budget = "64MiB"
      """;

  private static final String CLUSTER =
      """
      voter-grace = "30s"
      [repair]
      rebuild-after = "10s"
      compare = "10s"
      """;

  private final List<AutoCloseable> opened = new ArrayList<>();
  private final TestNetwork network;
  private final TestCluster cluster;
  private final Cairn user;
  private final List<TestMount> mounts = new ArrayList<>();

  SoakScene() throws IOException, InterruptedException {
    TestNetwork.assumePossible();
    network = TestNetwork.open(NODES + 1 + MOUNTS);
    opened.add(network);
    try {
      List<Cairn> operators = new ArrayList<>();
      for (TestNetwork.Host host : network.hosts().subList(0, NODES)) {
        Cairn operator = Cairn.operator().on(host);
        opened.add(0, giveDisk(operator.home().resolve("data")));
        operators.add(operator.withClock());
      }
      cluster = TestCluster.start(operators, NODE, CLUSTER);
      opened.add(cluster);
      user = Cairn.of(cluster).on(network.hosts().get(NODES + 1));
      cluster.awaitUp(user);
      user.run("volume", "create", "soak", "--replication", "3").expect(0);
      cluster.awaitVoters(user, "soak");
      for (int i = 0; i < MOUNTS; i++) {
        Cairn there = user.on(network.hosts().get(NODES + 1 + i));
        mounts.add(TestMount.of(there, "soak", "-o", "sweep=20s,timeout=" + TIMEOUT_SECONDS));
        opened.add(mounts.getLast());
      }
    } catch (IOException | InterruptedException | RuntimeException | AssertionError e) {
      close();
      throw e;
    }
  }

  /** A file system of its own, which can be full. */
  private static AutoCloseable giveDisk(Path directory) throws IOException, InterruptedException {
    Files.createDirectories(directory);
    run(
        "mount",
        "-t",
        "tmpfs",
        "-o",
        "size=" + DISK_MEBIBYTES + "m",
        "cairn-test",
        directory.toString());
    return () -> run("umount", "-l", directory.toString());
  }

  private static void run(String... words) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException(String.join(" ", words) + ": " + said);
    }
  }

  TestNetwork network() {
    return network;
  }

  TestCluster cluster() {
    return cluster;
  }

  /** A user at the first mount's host. */
  Cairn user() {
    return user;
  }

  /** Where a node may join. */
  TestNetwork.Host spareHost() {
    return network.hosts().get(NODES);
  }

  List<TestMount> mounts() {
    return mounts;
  }

  List<Path> directories() {
    return mounts.stream().map(TestMount::directory).toList();
  }

  /** Copies what nodes and mounts have logged to a directory, and what their threads are doing. */
  void keepLogs(Path directory) throws IOException {
    Files.createDirectories(directory);
    for (TestNode node : cluster.nodes()) {
      Path log = node.data().resolveSibling("err");
      Files.copy(log, directory.resolve("node-" + node.id()), REPLACE_EXISTING);
      dumpThreads(node.pid(), directory.resolve("node-" + node.id() + ".threads"));
    }
    for (TestMount mount : mounts) {
      dumpThreads(mount.pid(), directory.resolve("mount-" + mount.pid() + ".threads"));
    }
    try (DirectoryStream<Path> logs = Files.newDirectoryStream(user.home(), "mount-*.err")) {
      for (Path log : logs) {
        Files.copy(log, directory.resolve(log.getFileName()), REPLACE_EXISTING);
      }
    }
  }

  /** Virtual ones too; nothing if the process is gone. */
  private static void dumpThreads(long pid, Path file) throws IOException {
    JavaProcess.jcmd(pid, "Thread.dump_to_file", "-overwrite", file.toAbsolutePath().toString());
  }

  /** Waits until the cluster says that it is whole; gives how long that took, in seconds. */
  double awaitWhole() throws IOException, InterruptedException {
    long start = System.nanoTime();
    while (true) {
      Cairn.Result status = user.run("status");
      double seconds = (System.nanoTime() - start) / 1e9;
      if (status.exitCode() == 0) {
        return seconds;
      }
      if (seconds > TimeUnit.MINUTES.toSeconds(WHOLE_MINUTES)) {
        throw new AssertionError("not whole in time: " + status);
      }
      Thread.sleep(1000);
    }
  }

  @Override
  public void close() throws IOException {
    for (AutoCloseable one : opened.reversed()) {
      try {
        one.close();
      } catch (Exception e) {
        throw new IOException(e); // what is left is the reaper's
      }
    }
  }
}
