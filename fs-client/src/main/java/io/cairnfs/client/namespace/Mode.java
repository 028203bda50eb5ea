package io.cairnfs.client.namespace;

import io.cairnfs.client.namespace.Namespace.Writer;
import org.jspecify.annotations.Nullable;

/**
 * How a session decides: alone and in memory, or beside others and at the head. One mode follows
 * the other, each an object of its own. Thread-safe.
 */
sealed interface Mode permits Exclusive, Shared {

  /** This mode has ended, or is about to: try again in the next. Control flow, without a trace. */
  final class ChangedException extends RuntimeException {
    @SuppressWarnings("StaticAssignmentOfThrowable") // without a stack trace it is a constant
    static final ChangedException INSTANCE = new ChangedException();

    private ChangedException() {
      super("the mode of the session changes", null, false, false);
    }
  }

  /**
   * As {@link Namespace#update}.
   *
   * @throws ChangedException without effect
   */
  <T extends @Nullable Object, X extends Exception> T update(Writer<T, X> writer)
      throws X, NamespaceException, InterruptedException;

  /** The version of the view, by a holder of its lock; what it shows is told when released. */
  long version();

  /** Waits until programs may be told of a version. */
  void awaitReleased(long version) throws NamespaceException, InterruptedException;

  /**
   * Makes everything so far durable.
   *
   * @param inode if not null, content of other inodes does not count
   */
  void sync(@Nullable Long inode) throws NamespaceException, InterruptedException;

  /** As {@link Namespace#fold}. */
  void fold() throws NamespaceException, InterruptedException;

  /** Makes room in the quota, or says that there is none. */
  void makeRoom() throws NamespaceException, InterruptedException;

  /**
   * The session is dead.
   *
   * @return how many transactions are lost
   */
  int die(NamespaceException reason);

  /** Stops without committing anything. */
  void stop();
}
