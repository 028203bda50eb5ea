package io.cairnfs.client.namespace;

import io.cairnfs.client.block.BlockClient;
import io.cairnfs.client.wait.ImpatientThread;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.head.LockAnswer;
import io.cairnfs.protocol.head.LockRequest;
import io.cairnfs.protocol.head.Quota;
import io.cairnfs.protocol.head.SessionId;
import io.cairnfs.protocol.head.Usage;
import io.cairnfs.protocol.ipld.CborException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One tree as a namespace: what a volume was at a snapshot. It never changes. Thread-safe. */
public final class TreeNamespace implements Namespace {

  /** What does not change may be cached for long, but not for ever: kernels have finite clocks. */
  private static final long VALID_NANOS = Duration.ofHours(1).toNanos();

  private final Cid root;
  private final Usage usage;
  private final NodeLoader loader;

  private TreeNamespace(Cid root, Usage usage, NodeLoader loader) {
    this.root = root;
    this.usage = usage;
    this.loader = loader;
  }

  /** Trees that share one cache, since they share most of their nodes. Thread-safe. */
  public static final class Source {

    private final NodeLoader loader;

    /**
     * @param cacheBytes memory for decoded nodes of all the trees
     */
    public Source(BlockClient blocks, long cacheBytes) {
      loader = new NodeLoader(blocks, new NodeCache(cacheBytes));
    }

    /**
     * @param usage what the tree holds
     */
    public TreeNamespace tree(Cid root, Usage usage) {
      return new TreeNamespace(root, usage, loader);
    }

    /**
     * Tells what differs between two trees. Blocking.
     *
     * @param before null for an empty tree
     * @throws NamespaceException {@code DAMAGED} if a tree is not whole
     */
    public void compare(@Nullable Cid before, Cid after, TreeDiff.Visitor visitor)
        throws NamespaceException, InterruptedException {
      new TreeDiff(loader, visitor).compare(before, after);
    }
  }

  @Override
  public <T extends @Nullable Object, X extends Exception> T read(Reader<T, X> reader)
      throws X, NamespaceException, InterruptedException {
    FetchedNodes nodes = new FetchedNodes(loader);
    LayeredMap map = new LayeredMap(List.of(new Layer()), new Tree(root, nodes));
    while (true) {
      try {
        return reader.read(new MapView(map));
      } catch (MissingBlockException e) {
        ImpatientThread.aboutToWait();
        nodes.fetch(e.cids());
      } catch (CborException e) {
        throw new NamespaceException(
            NamespaceException.Reason.DAMAGED, "a tree block is damaged: " + e.getMessage(), e);
      }
    }
  }

  /**
   * @throws UnsupportedOperationException always
   */
  @Override
  public <T extends @Nullable Object, X extends Exception> T update(Writer<T, X> writer) {
    throw new UnsupportedOperationException("a snapshot does not change");
  }

  @Override
  public void sync(long inode) {
    // All of it is durable.
  }

  @Override
  public void syncAll() {
    // All of it is durable.
  }

  @Override
  public @Nullable SessionId session() {
    return null;
  }

  @Override
  public void fold() {
    // It is a tree.
  }

  @Override
  public void share(SharingListener listener) {
    // Nobody changes it.
  }

  /**
   * @throws UnsupportedOperationException always
   */
  @Override
  public LockAnswer lock(LockRequest request) {
    throw new UnsupportedOperationException("a snapshot has no locks");
  }

  /**
   * @throws UnsupportedOperationException always
   */
  @Override
  public LockAnswer cancelLock(long number) {
    throw new UnsupportedOperationException("a snapshot has no locks");
  }

  @Override
  public void awaitTaken(long sequence) {
    // It has all that it will ever have.
  }

  @Override
  public long leaseLeftNanos() {
    return VALID_NANOS;
  }

  @Override
  public Usage usage() {
    return usage;
  }

  @Override
  public Quota quota() {
    return Quota.NONE;
  }

  @Override
  public void reserve(long bytes) {
    throw new UnsupportedOperationException("a snapshot does not grow");
  }

  @Override
  public void release(long bytes) {
    // Nothing can have been set aside.
  }

  @Override
  public void close() {
    // There is no session.
  }
}
