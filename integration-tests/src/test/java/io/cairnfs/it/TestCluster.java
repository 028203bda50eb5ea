package io.cairnfs.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Predicate;

/** A cluster of real nodes on this machine. */
final class TestCluster implements AutoCloseable {

  private static final int OK = 0;
  private static final int VOTERS = 3;
  private static final long WHOLE_MILLIS = 90_000;
  private static final long POLL_MILLIS = 100;

  private final List<TestNode> nodes = new ArrayList<>();

  private TestCluster() {}

  /** Starts nodes; the first founds the cluster, the others join by it. */
  static TestCluster start(int size) throws IOException, InterruptedException {
    return start(size, "");
  }

  /** Starts nodes with these lines of TOML about the cluster in their configurations. */
  static TestCluster start(int size, String settings) throws IOException, InterruptedException {
    return start(operators(size), "", settings);
  }

  private static List<Cairn> operators(int size) throws IOException {
    List<Cairn> operators = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      operators.add(Cairn.operator());
    }
    return operators;
  }

  /** Starts nodes on which what nothing needs any more stays for so long. */
  static TestCluster startWithGrace(int size, String grace)
      throws IOException, InterruptedException {
    return start(operators(size), "grace = \"" + grace + "\"\n", "");
  }

  /**
   * The same for tests that measure: nodes whose compilers do all they can, with these lines of
   * TOML about the node and the cluster.
   */
  static TestCluster startOptimised(int size, String node, String settings)
      throws IOException, InterruptedException {
    return start(operators(size).stream().map(Cairn::optimised).toList(), node, settings);
  }

  /** The same with a node of each of these users. */
  static TestCluster start(List<Cairn> operators) throws IOException, InterruptedException {
    return start(operators, "", "");
  }

  /** The same with these lines of TOML about the cluster in each node's configuration. */
  static TestCluster start(List<Cairn> operators, String settings)
      throws IOException, InterruptedException {
    return start(operators, "", settings);
  }

  /**
   * The same with these lines of TOML about the node, too; there is no configuration if both are
   * empty.
   */
  static TestCluster start(List<Cairn> operators, String node, String settings)
      throws IOException, InterruptedException {
    TestCluster cluster = new TestCluster();
    try {
      for (Cairn operator : operators) {
        List<String> options = new ArrayList<>();
        if (!node.isEmpty() || !settings.isEmpty()) {
          String toml = "[node]\ndata = \"data\"\n" + node + "[cluster]\n" + settings;
          Path file = Files.writeString(operator.home().resolve("node.toml"), toml);
          options.addAll(List.of("--config", file.toString()));
        }
        if (!cluster.nodes.isEmpty()) {
          options.addAll(cluster.joining());
        }
        cluster.nodes.add(new TestNode(operator, options));
      }
      return cluster;
    } catch (IOException | InterruptedException | RuntimeException | AssertionError e) {
      cluster.close();
      throw e;
    }
  }

  private List<String> joining() {
    return List.of(
        "--bootstrap", nodes.getFirst().address(), "--token-file", tokenFile().toString());
  }

  /** Starts one more node, with the settings of the first. */
  TestNode join() throws IOException, InterruptedException {
    TestNode node = visit(Cairn.operator());
    nodes.add(node);
    return node;
  }

  /**
   * The same with a node of this user's that is not one of {@link #nodes}; whoever asks ends it.
   */
  TestNode visit(Cairn operator) throws IOException, InterruptedException {
    List<String> options = new ArrayList<>();
    Path settings = nodes.getFirst().data().resolveSibling("node.toml");
    if (Files.exists(settings)) {
      Path file = Files.copy(settings, operator.home().resolve("node.toml"));
      options.addAll(List.of("--config", file.toString()));
    }
    options.addAll(joining());
    return new TestNode(operator, options);
  }

  /** Creates volumes whose names are this and a number from 1, by one command. */
  void createVolumes(Cairn cairn, String name, int count) throws IOException, InterruptedException {
    List<String> words = new ArrayList<>(List.of("volume", "create", "--replication", "3"));
    for (int i = 1; i <= count; i++) {
      words.add(name + i);
    }
    cairn.run(words.toArray(String[]::new)).expect(OK);
  }

  List<TestNode> nodes() {
    return List.copyOf(nodes);
  }

  Path tokenFile() {
    return nodes.getFirst().data().resolve("join-token");
  }

  /** The node with this id. */
  TestNode node(String id) {
    return nodes.stream().filter(node -> node.id().equals(id)).findFirst().orElseThrow();
  }

  /** Waits until {@code cairn status} shows all nodes up and everything whole. */
  void awaitWhole(Cairn cairn) throws IOException, InterruptedException {
    int peers = nodes.size() - 1;
    await(node -> TestNode.isWhole(node.status(), peers), nodes.size());
    await(cairn, status -> status.exitCode() == OK && showsAllUp(status));
  }

  /** Waits until all nodes take all others for up. */
  void awaitUp(Cairn cairn) throws IOException, InterruptedException {
    int peers = nodes.size() - 1;
    if (!await(node -> node.peersUp() == peers, nodes.size())) {
      await(cairn, this::showsAllUp);
    }
  }

  private interface Goal {
    boolean isReachedBy(TestNode node) throws IOException;
  }

  /**
   * Waits until so many nodes say of themselves that they have reached something.
   *
   * @return whether they could be asked
   */
  private boolean await(Goal goal, int count) throws IOException, InterruptedException {
    if (!nodes.stream().allMatch(TestNode::isHere)) {
      return false;
    }
    long deadline = System.nanoTime() + WHOLE_MILLIS * 1_000_000;
    while (true) {
      int reached = 0;
      StringBuilder states = new StringBuilder();
      for (TestNode node : nodes) {
        if (node.isRunning()) {
          reached += goal.isReachedBy(node) ? 1 : 0;
          states.append(node.status()).append('\n');
        }
      }
      if (reached >= count) {
        return true;
      }
      if (System.nanoTime() > deadline) {
        throw new AssertionError("not so in time: " + states);
      }
      Thread.sleep(POLL_MILLIS);
    }
  }

  /** Waits until each of three nodes votes on a volume. */
  void awaitVoters(Cairn cairn, String volume) throws IOException, InterruptedException {
    await(TestNode::hostsHeads, VOTERS);
    long deadline = System.nanoTime() + WHOLE_MILLIS * 1_000_000;
    while (voters(cairn, volume).size() < VOTERS) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("the cell does not grow: " + cairn.run("volume", "info", volume));
      }
      Thread.sleep(500);
    }
  }

  /** The nodes that vote on a volume. */
  List<TestNode> voters(Cairn cairn, String volume) throws IOException, InterruptedException {
    String info = cairn.run("volume", "info", volume).expect(OK).out();
    return nodes.stream().filter(node -> info.contains(node.id())).toList();
  }

  private boolean showsAllUp(Cairn.Result status) {
    return status.out().contains(nodes.size() + " of " + nodes.size());
  }

  private static void await(Cairn cairn, Predicate<Cairn.Result> goal)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + WHOLE_MILLIS * 1_000_000;
    while (true) {
      Cairn.Result status = cairn.run("status");
      if (goal.test(status)) {
        return;
      }
      if (System.nanoTime() > deadline) {
        throw new AssertionError("not so in time: " + status);
      }
      Thread.sleep(500);
    }
  }

  /** kill -9 for all nodes at once. */
  void kill() throws InterruptedException {
    nodes.forEach(TestNode::strike);
    for (TestNode node : nodes) {
      node.kill();
    }
  }

  /** Starts all nodes again, in parallel. */
  void restart() throws IOException, InterruptedException {
    List<FutureTask<Boolean>> starts = new ArrayList<>();
    for (TestNode node : nodes) {
      FutureTask<Boolean> start =
          new FutureTask<>(
              () -> {
                node.restart();
                return true;
              });
      starts.add(start);
      Thread.startVirtualThread(start);
    }
    for (FutureTask<Boolean> start : starts) {
      try {
        start.get();
      } catch (ExecutionException e) {
        throw new IOException("a node does not start again", e.getCause());
      }
    }
  }

  @Override
  public void close() {
    try {
      kill();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // what is left is the reaper's
    }
  }
}
