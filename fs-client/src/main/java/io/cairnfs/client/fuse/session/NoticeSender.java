package io.cairnfs.client.fuse.session;

import io.cairnfs.client.fuse.linux.Errno;
import io.cairnfs.client.fuse.linux.LibC;
import io.cairnfs.client.wait.Deadline;
import io.cairnfs.client.wait.ImpatientThread;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.LinkedHashSet;
import java.util.SequencedSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends notices to the kernel from a thread of its own, since a notice may wait in the kernel for a
 * lock that is held until a request is answered. A notice that is already waiting is not queued
 * twice. Thread-safe.
 */
public final class NoticeSender implements Runnable {

  private static final Logger LOG = LoggerFactory.getLogger(NoticeSender.class);

  /** Bounds what waits; about 10 MB. */
  private static final int MAX_WAITING = 100_000;

  private final int device;
  private final SequencedSet<ByteBuffer> waiting = new LinkedHashSet<>();
  private long queued;
  private long sent;
  private boolean stopped;

  NoticeSender(int device) {
    this.device = device;
  }

  /** Queues a notice; false if too many wait, or the mount is gone. */
  public synchronized boolean offer(byte[] notice) {
    if (stopped || waiting.size() >= MAX_WAITING) {
      return false;
    }
    if (waiting.add(ByteBuffer.wrap(notice))) {
      queued++;
      notifyAll();
    }
    return true;
  }

  /**
   * Sends a notice for which the kernel takes no lock that a request may hold; 0, or -errno
   * (ENOENT: the kernel does not know the inode, so there was nothing to do).
   */
  public synchronized int sendNow(byte[] notice) {
    return stopped ? -Errno.ENODEV : write(notice);
  }

  @Override
  public void run() {
    try {
      while (true) {
        byte[] notice = next();
        if (notice.length == 0) {
          return;
        }
        int result = write(notice);
        countSent();
        // ENOENT: not in the kernel's cache; ENOTDIR and the like: it has changed since
        if (result == -Errno.EINVAL || result == -Errno.ENOSYS) {
          LOG.error("the kernel refused a notice: {}", LibC.describe(-result));
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits, at most for the deadline, until what is queued has been sent. */
  public synchronized void awaitSent() throws InterruptedException {
    long last = queued;
    long millis = Deadline.remaining().toMillis();
    while (sent < last && !stopped && millis > 0) {
      ImpatientThread.aboutToWait();
      wait(millis);
      millis = Deadline.remaining().toMillis();
    }
  }

  private synchronized void countSent() {
    sent++;
    notifyAll();
  }

  private synchronized byte[] next() throws InterruptedException {
    while (waiting.isEmpty()) {
      if (stopped) {
        return new byte[0];
      }
      wait();
    }
    return waiting.removeFirst().array();
  }

  private int write(byte[] notice) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(notice.length, 8);
      MemorySegment.copy(MemorySegment.ofArray(notice), 0, out, 0, notice.length);
      return (int) Math.min(0, LibC.write(device, out, notice.length, LibC.allocateErrno(arena)));
    }
  }

  /** Drops what waits. */
  synchronized void stop() {
    stopped = true;
    waiting.clear();
    notifyAll();
  }
}
