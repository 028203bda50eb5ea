package io.cairnfs.client.namespace;

import io.cairnfs.protocol.head.LockAnswer;
import io.cairnfs.protocol.head.LockRequest;
import io.cairnfs.protocol.head.Quota;
import io.cairnfs.protocol.head.SessionId;
import io.cairnfs.protocol.head.Usage;
import org.jspecify.annotations.Nullable;

/**
 * The names of one volume, as one session sees them: transactions at memory speed while it has the
 * volume for itself, sent to the head in ordered batches; beside others each is committed before it
 * is answered. Thread-safe.
 *
 * <p>Operations wait when a tree block must be fetched, when the lease has lapsed and must be
 * renewed, when too much is uncommitted, and for others; an {@link
 * io.cairnfs.client.wait.ImpatientThread} then gets a {@link
 * io.cairnfs.client.wait.WouldBlockException} instead, without effect. Waiting ends with the
 * current {@link io.cairnfs.client.wait.Deadline}.
 */
public interface Namespace {

  /** A function of a view. It may run several times and has no side effects. */
  @FunctionalInterface
  interface Reader<T extends @Nullable Object, X extends Exception> {
    T read(NamespaceView view) throws X;
  }

  /**
   * A function of a transaction. It may run several times and has no side effects but on the
   * transaction.
   */
  @FunctionalInterface
  interface Writer<T extends @Nullable Object, X extends Exception> {
    T write(Transaction transaction) throws X;
  }

  <T extends @Nullable Object, X extends Exception> T read(Reader<T, X> reader)
      throws X, NamespaceException, InterruptedException;

  /**
   * Runs a transaction. When this returns it is visible here, and durable after the next {@link
   * #sync}, commit interval or batch. A transaction that wrote nothing is a read.
   */
  <T extends @Nullable Object, X extends Exception> T update(Writer<T, X> writer)
      throws X, NamespaceException, InterruptedException;

  /**
   * Makes durable every transaction that an inode needs: all names so far, and the content of that
   * inode; not the content of others. Waits.
   */
  void sync(long inode) throws NamespaceException, InterruptedException;

  /** Makes every transaction so far durable. Waits. */
  void syncAll() throws NamespaceException, InterruptedException;

  /** The session at the head; null if this needs none. */
  @Nullable SessionId session();

  /**
   * Folds what was applied so far into a new tree, unless another session does; then snapshots that
   * were taken have their roots. Waits.
   */
  void fold() throws NamespaceException, InterruptedException;

  /** Has somebody hear of other sessions from now on, before it begins to use the namespace. */
  void share(SharingListener listener);

  /**
   * As {@link io.cairnfs.protocol.head.Head#lock}, of a shared session.
   *
   * @throws NamespaceException also {@code NO_LOCKS} if the head refuses
   */
  LockAnswer lock(LockRequest request) throws NamespaceException, InterruptedException;

  /** As {@link io.cairnfs.protocol.head.Head#cancelLock}, of a shared session. */
  LockAnswer cancelLock(long number) throws NamespaceException, InterruptedException;

  /** Waits until the view has everything up to a sequence, and all others have it. */
  void awaitTaken(long sequence) throws NamespaceException, InterruptedException;

  /**
   * How long what the kernel caches may live, in nanoseconds: what is left of the lease; 0 once it
   * has lapsed, and while others may change anything.
   */
  long leaseLeftNanos();

  /** What the volume holds, uncommitted transactions included. */
  Usage usage();

  /** How often this session's transactions ran again because those of others were faster. */
  default long conflicts() {
    return 0;
  }

  /** What it may hold. */
  Quota quota();

  /**
   * Sets bytes aside for content that was accepted and will come in a transaction that says so by
   * {@link Transaction#accepted}. May wait for commits that make room.
   *
   * @throws NamespaceException {@code OVER_QUOTA} if there is no room
   */
  void reserve(long bytes) throws NamespaceException, InterruptedException;

  /** Gives back what was set aside: the content is in a transaction, or is given up. */
  void release(long bytes);

  /**
   * Commits everything, folds if worthwhile, and ends the session; bounded by the current deadline.
   */
  void close() throws NamespaceException, InterruptedException;
}
