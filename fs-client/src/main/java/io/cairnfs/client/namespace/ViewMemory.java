package io.cairnfs.client.namespace;

import io.cairnfs.client.wait.ImpatientThread;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.ipld.CborException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;

/**
 * A session's view in memory, and functions that are run on it: where one misses a node of the
 * tree, that is fetched without a lock, and the function runs again. Thread-safe.
 */
final class ViewMemory {

  /** A function of the map, run under a lock; without side effects until it returns. */
  @FunctionalInterface
  interface Attempt<T extends @Nullable Object, X extends Exception> {
    T on(LayeredMap map) throws X;
  }

  private final Overlay overlay;
  private final NodeLoader loader;

  ViewMemory(Overlay overlay, NodeLoader loader) {
    this.overlay = overlay;
    this.loader = loader;
  }

  Overlay overlay() {
    return overlay;
  }

  NodeLoader loader() {
    return loader;
  }

  <T extends @Nullable Object, X extends Exception> T reading(Attempt<T, X> attempt)
      throws X, NamespaceException, InterruptedException {
    return run(overlay.lock().readLock(), attempt);
  }

  <T extends @Nullable Object, X extends Exception> T writing(Attempt<T, X> attempt)
      throws X, NamespaceException, InterruptedException {
    return run(overlay.lock().writeLock(), attempt);
  }

  private <T extends @Nullable Object, X extends Exception> T run(Lock lock, Attempt<T, X> attempt)
      throws X, NamespaceException, InterruptedException {
    PinnedNodes pinned = null;
    while (true) {
      List<Cid> missing;
      lock.lock();
      try {
        return attempt.on(pinned == null ? overlay.map() : overlay.map().reading(pinned));
      } catch (MissingBlockException e) {
        missing = e.cids();
      } catch (CborException e) {
        throw new NamespaceException(
            NamespaceException.Reason.DAMAGED, "a tree block is damaged: " + e.getMessage(), e);
      } finally {
        lock.unlock();
      }
      pinned = fetch(missing, pinned);
    }
  }

  /**
   * The nodes that one operation has fetched: they stay until it is done, so that it comes to its
   * end even if it needs more than the cache has room for.
   */
  private record PinnedNodes(Map<Cid, Node> nodes, NodeCache cache) implements NodeSource {
    @Override
    public @Nullable Node find(Cid cid) {
      Node node = nodes.get(cid);
      return node == null ? cache.find(cid) : node;
    }
  }

  private PinnedNodes fetch(List<Cid> missing, @Nullable PinnedNodes before)
      throws NamespaceException, InterruptedException {
    ImpatientThread.aboutToWait();
    PinnedNodes pinned = before == null ? new PinnedNodes(new HashMap<>(), loader.cache()) : before;
    pinned.nodes().putAll(loader.load(missing));
    return pinned;
  }

  /** Applies a delta of the head, as the transaction that it is was applied once. */
  void replay(List<Mutation> mutations) throws NamespaceException, InterruptedException {
    replay(mutations, () -> {});
  }

  /**
   * As the other one.
   *
   * @param then done in the same instant
   */
  void replay(List<Mutation> mutations, Runnable then)
      throws NamespaceException, InterruptedException {
    this.<Boolean, NamespaceException>writing(
        map -> {
          Changes changes = new Changes(map);
          mutations.forEach(changes::apply);
          overlay.replay(changes);
          then.run();
          return true;
        });
  }
}
