package io.cairnfs.client.namespace;

import io.cairnfs.client.block.BlockClient;
import io.cairnfs.client.wait.Deadline;
import io.cairnfs.protocol.cid.Cid;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Brings tree nodes into memory: several at once, each once however many want it. Blocking;
 * thread-safe.
 */
final class NodeLoader {

  private final BlockClient blocks;
  private final NodeCache cache;
  private final Map<Cid, CompletableFuture<Node>> underWay = new ConcurrentHashMap<>();

  NodeLoader(BlockClient blocks, NodeCache cache) {
    this.blocks = blocks;
    this.cache = cache;
  }

  NodeCache cache() {
    return cache;
  }

  /** One node, from memory or from afar. */
  Node load(Cid cid) throws NamespaceException, InterruptedException {
    Node cached = cache.find(cid);
    return cached != null ? cached : await(start(cid));
  }

  /**
   * The first of the nodes, and others as far as they can be had: only the first one's failure
   * counts, since the others are guesses.
   */
  Map<Cid, Node> load(List<Cid> cids) throws NamespaceException, InterruptedException {
    Map<Cid, CompletableFuture<Node>> futures = new LinkedHashMap<>();
    for (Cid cid : cids) {
      Node cached = cache.find(cid);
      futures.put(cid, cached != null ? CompletableFuture.completedFuture(cached) : start(cid));
    }
    Map<Cid, Node> nodes = new LinkedHashMap<>();
    nodes.put(cids.getFirst(), await(futures.remove(cids.getFirst())));
    for (Map.Entry<Cid, CompletableFuture<Node>> entry : new ArrayList<>(futures.entrySet())) {
      Node node = awaitGuess(entry.getValue());
      if (node != null) {
        nodes.put(entry.getKey(), node);
      }
    }
    return nodes;
  }

  private CompletableFuture<Node> start(Cid cid) {
    CompletableFuture<Node> mine = new CompletableFuture<>();
    CompletableFuture<Node> other = underWay.putIfAbsent(cid, mine);
    if (other != null) {
      return other;
    }
    Duration remaining = Deadline.remaining();
    Thread.ofVirtual().name("tree-fetch").start(() -> fetch(cid, remaining, mine));
    return mine;
  }

  private void fetch(Cid cid, Duration remaining, CompletableFuture<Node> result) {
    try {
      Node node = Node.decode(Deadline.run(remaining, () -> blocks.get(cid)));
      cache.put(cid, node);
      result.complete(node);
    } catch (Exception e) { // whatever it is, those who wait get it
      result.completeExceptionally(e);
    } finally {
      underWay.remove(cid, result);
    }
  }

  private static @Nullable Node awaitGuess(CompletableFuture<Node> future)
      throws InterruptedException {
    try {
      return await(future);
    } catch (NamespaceException e) {
      return null; // whoever really needs it will hear of it
    }
  }

  private static Node await(@Nullable CompletableFuture<Node> future)
      throws NamespaceException, InterruptedException {
    try {
      return Objects.requireNonNull(future)
          .get(Deadline.remaining().toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new NamespaceException(
          NamespaceException.Reason.UNAVAILABLE, "a tree block did not come in time", e);
    } catch (ExecutionException e) {
      throw Failures.ofBlocks(e.getCause() == null ? e : e.getCause());
    }
  }
}
