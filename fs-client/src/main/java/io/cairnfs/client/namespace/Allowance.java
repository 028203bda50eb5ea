package io.cairnfs.client.namespace;

import io.cairnfs.protocol.head.Quota;
import io.cairnfs.protocol.head.Usage;

/**
 * What a session may still add to its volume. It counts so that the head never refuses a
 * transaction that was admitted here, in whatever order they are committed: what is given back
 * counts once that is committed, what is added at once. Thread-safe.
 */
final class Allowance {

  private Quota quota;

  /** What the head has charged. */
  private Usage committed;

  /** What uncommitted transactions add, without what they give back. */
  private Usage growing = Usage.NONE;

  /** Bytes that were written and are in no transaction yet. */
  private long reserved;

  /** Whether something was applied that gives back. */
  private boolean shrinking;

  Allowance(Quota quota, Usage committed) {
    this.quota = quota;
    this.committed = committed;
  }

  private static Usage growth(Usage change) {
    return new Usage(Math.max(0, change.bytes()), Math.max(0, change.inodes()));
  }

  synchronized Quota quota() {
    return quota;
  }

  synchronized void setQuota(Quota newQuota) {
    quota = newQuota;
  }

  /** A quota does not admit a transaction. Control flow; carries no stack trace. */
  static final class ExceededException extends RuntimeException {
    ExceededException() {
      super(null, null, false, false);
    }
  }

  /**
   * @throws ExceededException if a transaction may not change the usage so
   */
  void require(Usage change) {
    if (!admits(change)) {
      throw new ExceededException();
    }
  }

  /** Whether a transaction may change the usage so. */
  synchronized boolean admits(Usage change) {
    Usage held = committed.plus(growing);
    return quota.admits(new Usage(held.bytes() + reserved, held.inodes()), change);
  }

  /**
   * Sets bytes aside for what is being written.
   *
   * @return whether there is room for them
   */
  synchronized boolean reserve(long bytes) {
    if (!admits(new Usage(bytes, 0))) {
      return false;
    }
    reserved += bytes;
    return true;
  }

  synchronized void release(long bytes) {
    reserved -= bytes;
  }

  /** The head says what the volume holds; nothing is uncommitted. */
  synchronized void told(Usage held) {
    committed = held;
    growing = Usage.NONE;
  }

  /** A transaction was applied. */
  synchronized void applied(Usage change) {
    growing = growing.plus(growth(change));
    shrinking |= change.bytes() < 0 || change.inodes() < 0;
  }

  /** A transaction was committed. */
  synchronized void committed(Usage change) {
    Usage growth = growth(change);
    committed = committed.plus(change);
    growing = new Usage(growing.bytes() - growth.bytes(), growing.inodes() - growth.inodes());
  }

  /** Whether a commit of all may make room; asked by who commits all next. */
  synchronized boolean mayShrink() {
    boolean may = shrinking;
    shrinking = false;
    return may;
  }
}
