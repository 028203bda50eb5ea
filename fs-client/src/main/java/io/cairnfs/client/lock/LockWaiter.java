package io.cairnfs.client.lock;

import io.cairnfs.protocol.head.LockAnswer;
import io.cairnfs.protocol.head.VolumeLock;
import io.cairnfs.protocol.lock.LockWait;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Somebody who waits for a lock. Fields are guarded by {@link SessionLocks}. */
final class LockWaiter {

  final VolumeLock wanted;

  /** What it came to: granted, a deadlock, or a failure. */
  final CompletableFuture<LockAnswer> outcome = new CompletableFuture<>();

  /**
   * Its place in the session's own table; null if it waits at the head, or has not asked it yet.
   */
  @Nullable LockWait local;

  /** Of the request at the head; 0 if there is none. */
  long number;

  LockWaiter(VolumeLock wanted) {
    this.wanted = wanted;
  }
}
