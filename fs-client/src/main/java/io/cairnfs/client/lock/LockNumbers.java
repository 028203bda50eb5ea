package io.cairnfs.client.lock;

import io.cairnfs.client.namespace.NamespaceException;
import io.cairnfs.client.namespace.NamespaceException.Reason;
import io.cairnfs.client.wait.Deadline;
import io.cairnfs.protocol.head.HeadLimits;
import io.cairnfs.protocol.head.LockRequest;
import io.cairnfs.protocol.head.VolumeLock;
import java.util.List;
import java.util.TreeSet;

/**
 * Numbers the requests of one session for locks, and knows which of them the head may forget.
 * Thread-safe.
 */
final class LockNumbers {

  private final TreeSet<Long> unanswered = new TreeSet<>();

  /** Waits whose outcome is known here, and not yet to the head. */
  private final TreeSet<Long> settled = new TreeSet<>();

  private long last;

  /**
   * A new request.
   *
   * @throws NamespaceException {@code UNAVAILABLE} if too many before it have no answer within the
   *     deadline
   */
  synchronized LockRequest draw(VolumeLock lock, LockRequest.Action action, LockRequest.Mode mode)
      throws NamespaceException, InterruptedException {
    while (last - acknowledged() >= HeadLimits.LOCK_REQUEST_WINDOW) {
      long millis = Deadline.remaining().toMillis();
      if (millis == 0) {
        throw new NamespaceException(
            Reason.UNAVAILABLE, "the head does not answer requests for locks", null);
      }
      wait(millis);
    }
    unanswered.add(++last);
    return request(last, lock, action, mode);
  }

  /** A request that changes nothing, and needs no number. */
  synchronized LockRequest test(VolumeLock lock, LockRequest.Action action) {
    return request(0, lock, action, LockRequest.Mode.TEST);
  }

  private long acknowledged() {
    return unanswered.isEmpty() ? last : unanswered.first() - 1;
  }

  private LockRequest request(
      long number, VolumeLock lock, LockRequest.Action action, LockRequest.Mode mode) {
    return new LockRequest(
        number,
        acknowledged(),
        List.copyOf(settled),
        lock.inode(),
        lock.owner(),
        lock.kind(),
        lock.start(),
        lock.end(),
        action,
        mode,
        lock.pid());
  }

  /** A request has its answer, or the session is dead. */
  synchronized void answered(LockRequest request) {
    unanswered.remove(request.number());
    settled.removeAll(request.settled());
    notifyAll();
  }

  /** What became of a request that waited is known. */
  synchronized void settled(long number) {
    settled.add(number);
  }
}
