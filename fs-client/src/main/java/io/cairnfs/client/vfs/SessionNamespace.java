package io.cairnfs.client.vfs;

import io.cairnfs.client.lock.LockCalls;
import io.cairnfs.client.lock.SessionLocks;
import io.cairnfs.client.namespace.Namespace;
import io.cairnfs.client.namespace.NamespaceException;
import io.cairnfs.client.namespace.Transaction;
import io.cairnfs.protocol.head.LockAnswer;
import io.cairnfs.protocol.head.LockRequest;
import io.cairnfs.protocol.head.Quota;
import io.cairnfs.protocol.head.SessionId;
import io.cairnfs.protocol.head.Usage;
import org.jspecify.annotations.Nullable;

/**
 * The namespace of the current session, which another follows when it dies; turns the namespace's
 * failures into those of POSIX, once. Thread-safe.
 */
final class SessionNamespace {

  private record Current(long session, Namespace namespace, SessionLocks locks) {}

  private volatile Current current;

  SessionNamespace(Namespace first) {
    current = new Current(1, first, locks(first));
  }

  /** Number of the current session: what was opened under another is dead. */
  long session() {
    return current.session();
  }

  Namespace namespace() {
    return current.namespace();
  }

  synchronized void replace(Namespace fresh) {
    current = new Current(current.session() + 1, fresh, locks(fresh));
  }

  /** They are decided on from the moment that the session tells by whom. */
  private static SessionLocks locks(Namespace namespace) {
    LockCalls head =
        new LockCalls() {
          @Override
          public LockAnswer lock(LockRequest request)
              throws NamespaceException, InterruptedException {
            return namespace.lock(request);
          }

          @Override
          public LockAnswer cancelLock(long number)
              throws NamespaceException, InterruptedException {
            return namespace.cancelLock(number);
          }
        };
    SessionId session = namespace.session();
    if (session != null) {
      return new SessionLocks(session, head);
    }
    SessionLocks locks = new SessionLocks(SessionId.random(), head);
    locks.resume(true); // a tree has nobody to tell
    return locks;
  }

  /** The locks of the current session. */
  SessionLocks locks() {
    return current.locks();
  }

  /** Waits until the current session has everything up to a sequence. */
  void awaitTaken(long sequence) throws VfsException, InterruptedException {
    try {
      current.namespace().awaitTaken(sequence);
    } catch (NamespaceException e) {
      throw failure(e);
    }
  }

  /**
   * The locks of a session.
   *
   * @throws VfsException if it is not the current one: it has none any more
   */
  SessionLocks locks(long session) throws VfsException {
    Current now = current;
    if (now.session() != session) {
      throw new VfsException(Failure.IO);
    }
    return now.locks();
  }

  <T extends @Nullable Object> T read(Namespace.Reader<T, VfsException> reader)
      throws VfsException, InterruptedException {
    try {
      return current.namespace().read(reader);
    } catch (NamespaceException e) {
      throw failure(e);
    }
  }

  <T extends @Nullable Object> T update(Namespace.Writer<T, VfsException> writer)
      throws VfsException, InterruptedException {
    try {
      return current.namespace().update(writer);
    } catch (NamespaceException e) {
      throw failure(e);
    }
  }

  /** A transaction without a result. May run several times, as {@link Namespace.Writer}. */
  @FunctionalInterface
  interface Change {
    void apply(Transaction transaction) throws VfsException;
  }

  void change(Change change) throws VfsException, InterruptedException {
    Namespace.Writer<@Nullable Void, VfsException> writer =
        tx -> {
          change.apply(tx);
          return null;
        };
    update(writer);
  }

  void sync(long inode) throws VfsException, InterruptedException {
    try {
      current.namespace().sync(inode);
    } catch (NamespaceException e) {
      throw failure(e);
    }
  }

  void syncAll() throws VfsException, InterruptedException {
    try {
      current.namespace().syncAll();
    } catch (NamespaceException e) {
      throw failure(e);
    }
  }

  void fold() throws VfsException, InterruptedException {
    try {
      current.namespace().fold();
    } catch (NamespaceException e) {
      throw failure(e);
    }
  }

  /** Sets bytes aside for content that was not stored yet. */
  void reserve(long bytes) throws VfsException, InterruptedException {
    try {
      current.namespace().reserve(bytes);
    } catch (NamespaceException e) {
      throw failure(e);
    }
  }

  /**
   * Gives them back.
   *
   * @param session in which they were set aside; if it is dead, so are they
   */
  void release(long session, long bytes) {
    Current now = current;
    if (now.session() == session) {
      now.namespace().release(bytes);
    }
  }

  Quota quota() {
    return current.namespace().quota();
  }

  Usage usage() {
    return current.namespace().usage();
  }

  /** As {@link Namespace#conflicts}, of the present session. */
  long conflicts() {
    return current.namespace().conflicts();
  }

  /** How long the kernel may cache what it is told now. */
  long validNanos() {
    return Math.max(0, current.namespace().leaseLeftNanos());
  }

  static VfsException failure(NamespaceException e) {
    Failure failure =
        switch (e.reason()) {
          case UNAVAILABLE, FENCED, DAMAGED -> Failure.IO;
          case NO_SPACE -> Failure.NO_SPACE;
          case OVER_QUOTA -> Failure.OVER_QUOTA;
          case NO_LOCKS -> Failure.NO_LOCKS;
        };
    return new VfsException(failure, e.getMessage(), e);
  }
}
