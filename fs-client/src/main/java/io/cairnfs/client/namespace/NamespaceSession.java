package io.cairnfs.client.namespace;

import io.cairnfs.client.block.BlockClient;
import io.cairnfs.client.wait.Deadline;
import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.head.HeadState;
import io.cairnfs.protocol.head.InodeRange;
import io.cairnfs.protocol.head.LockAnswer;
import io.cairnfs.protocol.head.LockRequest;
import io.cairnfs.protocol.head.Quota;
import io.cairnfs.protocol.head.SessionGrant;
import io.cairnfs.protocol.head.SessionId;
import io.cairnfs.protocol.head.Usage;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The namespace of a volume under a lease, and a facade of what keeps it: the overlay has the
 * state, the mode decides how it changes, the watcher follows what others do, the renewer keeps the
 * lease. It lives from {@link NamespaceOpener#open} to {@link #close} or its death, and is never
 * revived.
 */
public final class NamespaceSession implements Namespace {

  private static final Logger LOG = LoggerFactory.getLogger(NamespaceSession.class);

  private final HeadSession head;
  private final Lease lease;
  private final Life life = new Life(this::died);
  private final Overlay overlay;
  private final ViewMemory memory;
  private final Allowance allowance;
  private final CommitOptions options;
  private final Gate gate;
  private final SessionParts parts;
  private final Watcher watcher;
  private final DeathListener deathListener;
  private final Thread renewer;

  NamespaceSession(
      HeadSession head,
      Lease lease,
      SessionGrant grant,
      BlockClient blocks,
      NamespaceOptions options,
      DeathListener deathListener) {
    HeadState state = grant.state();
    this.head = head;
    this.lease = lease;
    this.options = options.commit();
    this.deathListener = deathListener;
    NodeLoader loader = new NodeLoader(blocks, new NodeCache(options.cacheBytes()));
    overlay = new Overlay(new Tree(state.root(), loader.cache()), state.usage());
    memory = new ViewMemory(overlay, loader);
    allowance = new Allowance(state.quota(), state.usage());
    gate = new Gate(overlay, life);
    InodeNumbers inodes = new InodeNumbers(this::grantInodes);
    parts =
        new SessionParts(
            head,
            lease,
            life,
            memory,
            gate,
            blocks,
            inodes,
            allowance,
            this.options,
            new LongAdder());
    gate.begin(
        grant.exclusive()
            ? new Exclusive(parts, state.sequence(), state.unfoldedBytes())
            : new Shared(parts, state.sequence()));
    watcher = new Watcher(parts);
    renewer = Thread.ofVirtual().name("lease").unstarted(this::renew);
  }

  /** Keeps the lease from now on. */
  void startRenewing() {
    renewer.start();
  }

  /** Commits and folds from now on: the view is what the head has. */
  void startCommitting() {
    switch (gate.mode()) {
      case Exclusive exclusive -> exclusive.start();
      case Shared shared -> shared.start();
    }
  }

  /** Follows what others do from now on. */
  void startWatching() {
    watcher.start();
  }

  /** What a function made of the view, or threw. */
  private record Seen<T extends @Nullable Object>(
      T result, @Nullable Exception failure, Mode mode, long version) {}

  @Override
  public <T extends @Nullable Object, X extends Exception> T read(Reader<T, X> reader)
      throws X, NamespaceException, InterruptedException {
    while (true) {
      lease.await();
      Seen<T> seen = memory.reading(map -> look(reader, map));
      if (lease.leftNanos() > 0) { // so it was when the view was looked at
        seen.mode().awaitReleased(seen.version());
        return NamespaceSession.<T, X>resultOf(seen);
      }
      life.throwIfOver();
    }
  }

  @SuppressWarnings("NullAway") // without a result there is a failure
  private <T extends @Nullable Object, X extends Exception> Seen<T> look(
      Reader<T, X> reader, LayeredMap map) {
    Mode mode = gate.mode();
    try {
      return new Seen<>(reader.read(new MapView(map)), null, mode, mode.version());
    } catch (RuntimeException e) {
      throw e; // a block that is missing, or a fault
    } catch (Exception e) {
      return new Seen<>(null, e, mode, mode.version());
    }
  }

  @SuppressWarnings("unchecked") // a reader throws X, or what needs no declaration
  private static <T extends @Nullable Object, X extends Exception> T resultOf(Seen<T> seen)
      throws X {
    if (seen.failure() != null) {
      throw (X) seen.failure();
    }
    return seen.result();
  }

  @Override
  public <T extends @Nullable Object, X extends Exception> T update(Writer<T, X> writer)
      throws X, NamespaceException, InterruptedException {
    while (true) {
      life.throwIfOver();
      try {
        return gate.mode().update(writer);
      } catch (Mode.ChangedException e) {
        gate.await();
      }
    }
  }

  @Override
  public void reserve(long bytes) throws NamespaceException, InterruptedException {
    while (!allowance.reserve(bytes)) {
      gate.mode().makeRoom();
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

  /** Applies a delta of the head, before anything is started. */
  void replay(List<Mutation> mutations) throws NamespaceException, InterruptedException {
    memory.replay(mutations);
  }

  private InodeRange grantInodes(int count) throws NamespaceException, InterruptedException {
    try {
      return head.grantInodes(count, options.timeout());
    } catch (HeadException e) {
      throw life.ofHead(e);
    }
  }

  @Override
  public void sync(long inode) throws NamespaceException, InterruptedException {
    throwIfClosed();
    gate.mode().sync(inode);
  }

  @Override
  public void syncAll() throws NamespaceException, InterruptedException {
    throwIfClosed();
    gate.mode().sync(null);
  }

  private void throwIfClosed() throws NamespaceException {
    if (life.isClosed()) {
      life.throwIfOver();
    }
  }

  @Override
  public long leaseLeftNanos() {
    return gate.isOpen() && gate.mode() instanceof Exclusive ? lease.leftNanos() : 0;
  }

  @Override
  public Usage usage() {
    return overlay.usage();
  }

  @Override
  public long conflicts() {
    return parts.conflicts().sum();
  }

  @Override
  public SessionId session() {
    return head.id();
  }

  @Override
  public void fold() throws NamespaceException, InterruptedException {
    while (true) {
      life.throwIfOver();
      try {
        gate.mode().fold();
        return;
      } catch (Mode.ChangedException e) {
        gate.await();
      }
    }
  }

  @Override
  public void share(SharingListener listener) {
    watcher.setListener(listener);
  }

  @Override
  public LockAnswer lock(LockRequest request) throws NamespaceException, InterruptedException {
    return lockAnswer(timeout -> head.lock(request, timeout));
  }

  @Override
  public LockAnswer cancelLock(long number) throws NamespaceException, InterruptedException {
    return lockAnswer(timeout -> head.cancelLock(number, timeout));
  }

  private interface LockCall {
    LockAnswer within(Duration timeout) throws HeadException, InterruptedException;
  }

  /**
   * Who waits for a lock has no deadline, but the head must say within the usual time that he does.
   */
  private LockAnswer lockAnswer(LockCall call) throws NamespaceException, InterruptedException {
    life.throwIfOver();
    Duration most = parts.options().timeout();
    Duration left = Deadline.remaining();
    try {
      return call.within(left.compareTo(most) < 0 ? left : most);
    } catch (HeadException e) {
      if (e.reason() == HeadException.Reason.REFUSED) {
        throw new NamespaceException(
            NamespaceException.Reason.NO_LOCKS, String.valueOf(e.getMessage()), e);
      }
      throw life.ofHead(e);
    }
  }

  @Override
  public void awaitTaken(long sequence) throws NamespaceException, InterruptedException {
    if (gate.mode() instanceof Shared shared) {
      shared.awaitReleased(sequence);
    }
  }

  /** Why the session is dead; null while it lives. */
  public @Nullable NamespaceException death() {
    return life.death();
  }

  @Override
  public void close() throws NamespaceException, InterruptedException {
    if (life.isClosed()) {
      return;
    }
    try {
      if (life.isOn()) {
        watcher.end();
        gate.mode().sync(null);
        if (gate.mode() instanceof Exclusive exclusive) {
          exclusive.foldAtEnd();
        }
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
    life.close();
    watcher.stop();
    gate.mode().stop();
    lease.end();
    renewer.interrupt();
    gate.wake();
  }

  private void renew() {
    try {
      Duration pause = lease.length().dividedBy(3);
      while (life.isOn()) {
        Thread.sleep(lease.leftNanos() == 0 ? lease.length().dividedBy(20) : pause);
        try {
          allowance.setQuota(head.renew(lease.length()));
        } catch (HeadException e) {
          if (e.reason() == HeadException.Reason.UNAVAILABLE) {
            LOG.debug("The lease was not renewed: {}", e.getMessage());
          } else {
            NamespaceException unused = life.ofHead(e);
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // by close
    }
  }

  private void died(NamespaceException reason) {
    int lost = gate.mode().die(reason);
    lease.end();
    overlay.drop();
    gate.wake();
    watcher.stop();
    LOG.error("The session is dead, {} transactions are lost: {}", lost, reason.getMessage());
    Thread.ofVirtual().name("session-death").start(() -> deathListener.died(reason, lost));
  }
}
