package io.cairnfs.it;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** A cluster of real nodes on this machine. */
final class TestCluster implements AutoCloseable {

  private static final int OK = 0;
  private static final long WHOLE_MILLIS = 90_000;

  private final List<TestNode> nodes = new ArrayList<>();

  private TestCluster() {}

  /** Starts nodes; the first founds the cluster, the others join by it. */
  static TestCluster start(int size) throws IOException, InterruptedException {
    List<Cairn> operators = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      operators.add(Cairn.operator());
    }
    return start(operators);
  }

  /** The same with a node of each of these users. */
  static TestCluster start(List<Cairn> operators) throws IOException, InterruptedException {
    TestCluster cluster = new TestCluster();
    try {
      for (Cairn operator : operators) {
        List<String> join = cluster.nodes.isEmpty() ? List.of() : cluster.joining();
        cluster.nodes.add(new TestNode(operator, join));
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
    long deadline = System.nanoTime() + WHOLE_MILLIS * 1_000_000;
    while (true) {
      Cairn.Result status = cairn.run("status");
      if (status.exitCode() == OK && status.out().contains(nodes.size() + " of " + nodes.size())) {
        return;
      }
      if (System.nanoTime() > deadline) {
        throw new AssertionError("not whole in time: " + status);
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
