package io.cairnfs.client.namespace;

import io.cairnfs.client.block.BlockClient;
import io.cairnfs.client.wait.Deadline;
import io.cairnfs.client.wait.ImpatientThread;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.head.HeadLimits;
import io.cairnfs.protocol.head.InodeRange;
import io.cairnfs.protocol.head.Quota;
import io.cairnfs.protocol.head.SessionGrant;
import io.cairnfs.protocol.head.SessionId;
import io.cairnfs.protocol.head.Usage;
import io.cairnfs.protocol.ipld.CborException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The namespace of a volume under an exclusive lease, and a facade of what keeps it: the overlay
 * has the state, the committer sends what was applied, the folder turns it into trees, the renewer
 * keeps the lease. It lives from {@link NamespaceOpener#open} to {@link #close} or its death, and
 * is never revived.
 */
public final class NamespaceSession implements Namespace {

  private static final Logger LOG = LoggerFactory.getLogger(NamespaceSession.class);
  private static final Duration FOLD_RETRY_PAUSE = Duration.ofSeconds(1);

  private final HeadSession head;
  private final Lease lease;
  private final NodeLoader loader;
  private final Overlay overlay;
  private final InodeNumbers inodes;
  private final Allowance allowance;
  private final Committer committer;
  private final Folder folder;
  private final CommitOptions options;
  private final boolean exclusive;
  private final DeathListener deathListener;
  private final AtomicReference<@Nullable Thread> folding = new AtomicReference<>();
  private final Thread renewer;
  private final AtomicReference<@Nullable NamespaceException> death = new AtomicReference<>();
  private volatile boolean closed;

  NamespaceSession(
      HeadSession head,
      Lease lease,
      SessionGrant grant,
      BlockClient blocks,
      NamespaceOptions options,
      DeathListener deathListener) {
    this.head = head;
    this.lease = lease;
    this.options = options.commit();
    this.exclusive = grant.exclusive();
    this.deathListener = deathListener;
    loader = new NodeLoader(blocks, new NodeCache(options.cacheBytes()));
    overlay = new Overlay(new Tree(grant.state().root(), loader.cache()), grant.state().usage());
    inodes = new InodeNumbers(this::grantInodes);
    allowance = new Allowance(grant.state().quota(), grant.state().usage());
    committer =
        new Committer(
            head,
            this.options,
            grant.state().sequence(),
            grant.state().unfoldedBytes(),
            new Events());
    folder = new Folder(overlay, committer, head, blocks, loader);
    renewer = Thread.ofVirtual().name("lease").unstarted(this::renew);
  }

  /** Keeps the lease from now on. */
  void startRenewing() {
    renewer.start();
  }

  /** Commits and folds from now on: the state is what the head has. */
  void startCommitting() {
    committer.start();
    if (committer.unfoldedBytes() >= HeadLimits.SOFT_UNFOLDED_BYTES) {
      foldInBackground();
    }
  }

  @Override
  public <T extends @Nullable Object, X extends Exception> T read(Reader<T, X> reader)
      throws X, NamespaceException, InterruptedException {
    PinnedNodes pinned = null;
    while (true) {
      lease.await();
      List<Cid> missing;
      Lock lock = overlay.lock().readLock();
      lock.lock();
      try {
        throwIfDead();
        return reader.read(new MapView(map(pinned)));
      } catch (MissingBlockException e) {
        missing = e.cids();
      } catch (CborException e) {
        throw damaged(e);
      } finally {
        lock.unlock();
      }
      pinned = fetch(missing, pinned);
    }
  }

  @Override
  public <T extends @Nullable Object, X extends Exception> T update(Writer<T, X> writer)
      throws X, NamespaceException, InterruptedException {
    PinnedNodes pinned = null;
    while (true) {
      lease.await();
      committer.awaitRoom();
      @Nullable List<Cid> missing;
      Lock lock = overlay.lock().writeLock();
      lock.lock();
      try {
        throwIfDead();
        return apply(writer, map(pinned));
      } catch (MissingBlockException e) {
        missing = e.cids();
      } catch (InodeNumbers.NoneLeftException e) {
        missing = List.of();
      } catch (NoRoomException e) {
        missing = null;
      } catch (CborException e) {
        throw damaged(e);
      } finally {
        lock.unlock();
      }
      if (missing == null) {
        makeRoom();
      } else if (missing.isEmpty()) {
        ImpatientThread.aboutToWait();
        inodes.await();
      } else {
        pinned = fetch(missing, pinned);
      }
    }
  }

  private <T extends @Nullable Object, X extends Exception> T apply(
      Writer<T, X> writer, LayeredMap map) throws X {
    Tokens tokens = exclusive ? null : new Tokens();
    int[] usedInodes = {0};
    BufferedTransaction transaction =
        new BufferedTransaction(map, () -> inodes.peek(usedInodes[0]++), tokens);
    T result = writer.write(transaction);
    if (!transaction.mutations().isEmpty()) {
      Entry entry = Entry.of(committer.nextNumber(), transaction, tokens, committer.sequence());
      if (entry.maxBytes() > HeadLimits.MAX_BODY_BYTES) {
        throw new IllegalArgumentException(
            "a transaction of " + transaction.mutations().size() + " steps is too large");
      }
      if (!transaction.isAccepted() && !allowance.admits(entry.usage())) {
        throw new NoRoomException();
      }
      overlay.apply(transaction.changes());
      allowance.applied(entry.usage());
      committer.add(entry);
    }
    inodes.use(usedInodes[0]);
    return result;
  }

  /** A quota does not admit a transaction. Control flow; carries no stack trace. */
  private static final class NoRoomException extends RuntimeException {
    NoRoomException() {
      super(null, null, false, false);
    }
  }

  /** Commits what gives back, if there is any. */
  private void makeRoom() throws NamespaceException, InterruptedException {
    ImpatientThread.aboutToWait();
    if (!allowance.mayShrink()) {
      throw new NamespaceException(
          NamespaceException.Reason.OVER_QUOTA, "a quota of the volume is used up", null);
    }
    committer.sync(null);
  }

  @Override
  public void reserve(long bytes) throws NamespaceException, InterruptedException {
    while (!allowance.reserve(bytes)) {
      makeRoom();
    }
  }

  @Override
  public void release(long bytes) {
    allowance.release(bytes);
  }

  @Override
  public Quota quota() {
    return allowance.quota();
  }

  /** Applies a delta of the head, as {@link #update} applied it once. */
  void replay(List<Mutation> mutations) throws NamespaceException, InterruptedException {
    PinnedNodes pinned = null;
    while (true) {
      List<Cid> missing;
      Lock lock = overlay.lock().writeLock();
      lock.lock();
      try {
        Changes changes = new Changes(map(pinned));
        mutations.forEach(changes::apply);
        overlay.replay(changes);
        return;
      } catch (MissingBlockException e) {
        missing = e.cids();
      } catch (CborException e) {
        throw damaged(e);
      } finally {
        lock.unlock();
      }
      pinned = fetch(missing, pinned);
    }
  }

  private LayeredMap map(@Nullable PinnedNodes pinned) {
    return pinned == null ? overlay.map() : overlay.map().reading(pinned);
  }

  private static NamespaceException damaged(CborException e) {
    return new NamespaceException(
        NamespaceException.Reason.DAMAGED, "a tree block is damaged: " + e.getMessage(), e);
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

  private InodeRange grantInodes(int count) throws NamespaceException, InterruptedException {
    try {
      return head.grantInodes(count, options.timeout());
    } catch (HeadException e) {
      throw dieIfFenced(e);
    }
  }

  @Override
  public void sync(long inode) throws NamespaceException, InterruptedException {
    throwIfClosed();
    committer.sync(inode);
  }

  @Override
  public void syncAll() throws NamespaceException, InterruptedException {
    throwIfClosed();
    committer.sync(null);
  }

  @Override
  public long leaseLeftNanos() {
    return lease.leftNanos();
  }

  @Override
  public Usage usage() {
    return overlay.usage();
  }

  @Override
  public SessionId session() {
    return head.id();
  }

  @Override
  public void fold() throws NamespaceException, InterruptedException {
    throwIfClosed();
    folder.fold();
  }

  /** Why the session is dead; null while it lives. */
  public @Nullable NamespaceException death() {
    return death.get();
  }

  private void throwIfDead() throws NamespaceException {
    NamespaceException reason = death.get();
    if (reason != null) {
      throw new NamespaceException(
          NamespaceException.Reason.FENCED, "the session is dead: " + reason.getMessage(), reason);
    }
    throwIfClosed();
  }

  private void throwIfClosed() throws NamespaceException {
    if (closed) {
      throw new NamespaceException(NamespaceException.Reason.FENCED, "the session is closed", null);
    }
  }

  @Override
  public void close() throws NamespaceException, InterruptedException {
    if (closed) {
      return;
    }
    try {
      if (death.get() == null) {
        committer.sync(null);
        foldAtEnd();
        head.close(Deadline.remaining());
      }
    } catch (HeadException e) {
      // Everything is committed: the lease just runs out by itself.
      LOG.warn("The session could not be closed at the head: {}", e.getMessage());
    } finally {
      abandon();
    }
  }

  /** Stops without committing anything and without telling the head, as a crash would. */
  void abandon() {
    closed = true;
    committer.stop();
    lease.end();
    renewer.interrupt();
    stopFolding();
  }

  private void stopFolding() {
    Thread thread = folding.get();
    if (thread != null) {
      thread.interrupt();
    }
  }

  /** Everything is durable: a fold only spares the next session the replay. */
  private void foldAtEnd() throws InterruptedException {
    try {
      if (committer.unfoldedBytes() > 0) {
        folder.fold();
      }
    } catch (NamespaceException e) {
      LOG.warn("The volume was closed without a fold: {}", e.getMessage());
    }
  }

  private void foldInBackground() {
    Thread thread = Thread.ofVirtual().name("fold").unstarted(this::foldUntilDone);
    if (folding.compareAndSet(null, thread)) {
      thread.start();
    }
  }

  private void foldUntilDone() {
    try {
      while (death.get() == null
          && !closed
          && committer.unfoldedBytes() >= HeadLimits.SOFT_UNFOLDED_BYTES) {
        try {
          folder.fold(); // without a deadline: it begins anew if it does not come to its end
        } catch (NamespaceException e) {
          LOG.warn("A fold failed and is tried again: {}", e.getMessage());
          Thread.sleep(FOLD_RETRY_PAUSE);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Exception e) {
      LOG.error("Folding failed", e);
      die(new NamespaceException(NamespaceException.Reason.FENCED, "folding failed: " + e, e));
    } finally {
      folding.set(null);
    }
  }

  private void renew() {
    try {
      Duration pause = lease.length().dividedBy(3);
      while (!closed && death.get() == null) {
        Thread.sleep(lease.leftNanos() == 0 ? lease.length().dividedBy(20) : pause);
        try {
          allowance.setQuota(head.renew(lease.length()));
        } catch (HeadException e) {
          if (e.reason() == HeadException.Reason.UNAVAILABLE) {
            LOG.debug("The lease was not renewed: {}", e.getMessage());
          } else {
            dieIfFenced(e);
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // by close
    }
  }

  private NamespaceException dieIfFenced(HeadException e) {
    NamespaceException reason = Failures.ofHead(e);
    if (reason.reason() == NamespaceException.Reason.FENCED) {
      die(reason);
    }
    return reason;
  }

  private void die(NamespaceException reason) {
    if (closed || !death.compareAndSet(null, reason)) {
      return;
    }
    int lost = committer.die(reason);
    lease.end();
    overlay.drop();
    stopFolding();
    LOG.error("The session is dead, {} transactions are lost: {}", lost, reason.getMessage());
    Thread.ofVirtual().name("session-death").start(() -> deathListener.died(reason, lost));
  }

  private final class Events implements Committer.Listener {

    @Override
    public void committed(List<Entry> entries) {
      for (Entry entry : entries) {
        overlay.settle(entry);
        allowance.committed(entry.usage());
      }
    }

    @Override
    public void failed(NamespaceException reason) {
      die(reason);
    }

    @Override
    public void unfolded(long bytes) {
      foldInBackground();
    }
  }
}
