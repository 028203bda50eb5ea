package io.cairnfs.client.lock;

import io.cairnfs.client.namespace.NamespaceException;
import io.cairnfs.client.testing.MemoryHead;
import io.cairnfs.client.wait.Deadline;
import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.head.LockAnswer;
import io.cairnfs.protocol.head.LockRequest;
import io.cairnfs.protocol.head.News;
import io.cairnfs.protocol.head.SessionId;
import io.cairnfs.protocol.head.VolumeId;
import io.cairnfs.protocol.head.VolumeLock;
import java.time.Duration;
import java.util.List;

/** The locks of a session at a head in memory, and what a session does when others come and go. */
final class LockingMount implements LockCalls {

  private static final Duration TIMEOUT = Duration.ofSeconds(20);

  final SessionId id = SessionId.random();
  final SessionLocks locks = new SessionLocks(id, this);
  private final MemoryHead head;
  private final VolumeId volume;
  private long changes;

  /** Opens a session: the first one, or one beside others that share. */
  LockingMount(MemoryHead head, VolumeId volume, boolean first) throws Exception {
    this.head = head;
    this.volume = volume;
    head.open(volume, id, "test", TIMEOUT);
    locks.resume(first);
  }

  /** Hands what it holds over, or nothing, as a broken one would. */
  void share(boolean handOver) throws Exception {
    List<VolumeLock> held = locks.suspend();
    head.share(volume, id, ++changes, handOver ? held : List.of(), TIMEOUT);
    locks.resume(false);
  }

  /** Takes the volume for itself, if it is alone. */
  boolean claim() throws Exception {
    locks.suspend();
    long sequence = head.state(volume).sequence();
    boolean exclusive = head.claim(volume, id, ++changes, sequence, TIMEOUT);
    locks.resume(exclusive);
    return exclusive;
  }

  void hearNews() throws Exception {
    long sequence = head.state(volume).sequence();
    News news = head.watch(volume, id, sequence, 0, Duration.ZERO, TIMEOUT);
    locks.granted(news.grantedLocks(), news.state().sequence());
  }

  void close() throws Exception {
    locks.lose();
    head.close(volume, id, TIMEOUT);
  }

  @Override
  public LockAnswer lock(LockRequest request) throws NamespaceException, InterruptedException {
    return repeated(() -> head.lock(volume, id, request, TIMEOUT));
  }

  @Override
  public LockAnswer cancelLock(long number) throws NamespaceException, InterruptedException {
    return repeated(() -> head.cancelLock(volume, id, number, TIMEOUT));
  }

  private interface Call {
    LockAnswer call() throws HeadException, InterruptedException;
  }

  private static LockAnswer repeated(Call call) throws NamespaceException, InterruptedException {
    while (true) {
      try {
        return call.call();
      } catch (HeadException e) {
        if (e.reason() != HeadException.Reason.UNAVAILABLE) {
          throw new NamespaceException(
              NamespaceException.Reason.FENCED, String.valueOf(e.getMessage()), e);
        }
        if (Deadline.remaining().isZero()) {
          throw new NamespaceException(NamespaceException.Reason.UNAVAILABLE, "no answer", e);
        }
      }
      Thread.sleep(1);
    }
  }
}
