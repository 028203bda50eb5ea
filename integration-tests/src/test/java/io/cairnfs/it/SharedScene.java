package io.cairnfs.it;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** A volume on three nodes with several mounts, each node and each mount on a host of its own. */
final class SharedScene implements AutoCloseable {

  static final int NODES = 3;

  private static final String VOLUME = "shared";

  /** Long next to a fail-over, so that what only waits for one does not fail. */
  private static final String TIMEOUT = "timeout=20";

  private final TestNetwork network;
  private final TestCluster cluster;
  private final List<TestMount> mounts;

  private SharedScene(TestNetwork network, TestCluster cluster, List<TestMount> mounts) {
    this.network = network;
    this.cluster = cluster;
    this.mounts = List.copyOf(mounts);
  }

  /** Needs what {@link TestNetwork#assumePossible} asks for. */
  static SharedScene open(int mounts) throws IOException, InterruptedException {
    return open(mounts, UnaryOperator.identity());
  }

  /** As above, with mounts whose commits conflict with nothing. */
  static SharedScene openUnchecked(int mounts) throws IOException, InterruptedException {
    return open(mounts, Cairn::unchecked);
  }

  /** As above, for measurements. */
  static SharedScene openForSpeed(int mounts) throws IOException, InterruptedException {
    return open(mounts, Cairn::optimised);
  }

  private static SharedScene open(int mounts, UnaryOperator<Cairn> program)
      throws IOException, InterruptedException {
    TestNetwork.assumePossible();
    TestNetwork network = TestNetwork.open(NODES + mounts);
    List<AutoCloseable> opened = new ArrayList<>(List.of(network));
    try {
      List<Cairn> operators = new ArrayList<>();
      for (TestNetwork.Host host : network.hosts().subList(0, NODES)) {
        operators.add(program.apply(Cairn.operator().on(host)));
      }
      TestCluster cluster = TestCluster.start(operators);
      opened.add(cluster);
      Cairn user = program.apply(Cairn.of(cluster));
      List<TestMount> all = new ArrayList<>();
      for (TestNetwork.Host host : network.hosts().subList(NODES, NODES + mounts)) {
        Cairn there = user.on(host);
        if (all.isEmpty()) {
          there.run("volume", "create", VOLUME, "--replication", "3").expect(0);
        }
        all.add(TestMount.of(there, VOLUME, "-o", TIMEOUT));
        opened.add(all.getLast());
      }
      return new SharedScene(network, cluster, all);
    } catch (IOException | InterruptedException | RuntimeException | AssertionError e) {
      close(opened);
      throw e;
    }
  }

  TestNetwork network() {
    return network;
  }

  TestCluster cluster() {
    return cluster;
  }

  List<TestMount> mounts() {
    return mounts;
  }

  TestNetwork.Host nodeHost(int node) {
    return network.hosts().get(node);
  }

  TestNetwork.Host mountHost(int mount) {
    return network.hosts().get(NODES + mount);
  }

  /** The root of the volume, as each mount shows it. */
  List<Path> directories() {
    return mounts.stream().map(TestMount::directory).toList();
  }

  /** The whole cluster and all mounts get kill -9 at once. */
  void strike() throws InterruptedException {
    mounts.forEach(TestMount::strike);
    cluster.kill();
    for (TestMount mount : mounts) {
      mount.kill();
    }
  }

  /** Starts everything again, on what it left. */
  void recover() throws IOException, InterruptedException {
    cluster.restart();
    for (TestMount mount : mounts) {
      mount.remount();
    }
  }

  @Override
  public void close() throws IOException {
    List<AutoCloseable> opened = new ArrayList<>(List.of(network, cluster));
    opened.addAll(mounts);
    close(opened);
  }

  /** In the opposite order of opening. */
  private static void close(List<AutoCloseable> opened) throws IOException {
    for (AutoCloseable one : opened.reversed()) {
      try {
        one.close();
      } catch (Exception e) {
        throw new IOException(e); // what is left is the reaper's
      }
    }
  }
}
