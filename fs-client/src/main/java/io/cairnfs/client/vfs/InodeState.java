package io.cairnfs.client.vfs;

import io.cairnfs.client.content.DirtyFile;
import io.cairnfs.client.wait.Deadline;
import io.cairnfs.client.wait.ImpatientThread;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What this mount knows of one inode beyond the namespace: how often it is open, and what was
 * written to it and is not in the namespace yet.
 *
 * <p>Fields but {@link #users} are guarded by {@link #lock}, which may be held while the namespace
 * waits for a network; threads that must not wait only try it.
 */
final class InodeState {

  private final ReentrantLock lock = new ReentrantLock();
  private final long inode;

  /** Operations under way that need this to stay; guarded by the table's map. */
  int users;

  /** Open handles; changed under the table's map. */
  final AtomicInteger opens = new AtomicInteger();

  /** Written data that is not in the namespace; null if there is none. */
  volatile @Nullable DirtyFile dirty;

  /** Moves of data from {@link #dirty} towards the namespace. */
  final Moves moves = new Moves();

  /** The file's length while it is dirty. */
  volatile long size;

  /** When it was last written while it is dirty, nanoseconds since the epoch. */
  volatile long modifiedNanos;

  /** When the oldest data in {@link #dirty} was written, by {@link System#nanoTime}. */
  long dirtySinceNanos;

  /** Bytes of the quota that are set aside for {@link #dirty}. */
  long reserved;

  /** The session in which they are. */
  long reservedIn;

  /** What it was when its last name went, if the kernel still holds it. */
  volatile @Nullable Attributes ghost;

  /** Its last name is gone and it lives until it is closed. */
  volatile boolean orphan;

  /** Failures to store what was written, so that each handle reports each once. */
  final AtomicLong failures = new AtomicLong();

  /** The latest of those. */
  volatile @Nullable VfsException failure;

  InodeState(long inode) {
    this.inode = inode;
  }

  long inode() {
    return inode;
  }

  /** Whether the namespace does not have everything that was written. Exact under the lock. */
  boolean isDirty() {
    return dirty != null;
  }

  /**
   * Takes the lock.
   *
   * @throws VfsException if it is not free within the current deadline
   */
  void lock() throws VfsException, InterruptedException {
    if (lock.tryLock()) {
      return;
    }
    ImpatientThread.aboutToWait();
    if (!lock.tryLock(Deadline.remaining().toNanos(), TimeUnit.NANOSECONDS)) {
      throw new VfsException(Failure.IO, "inode " + inode + " stayed busy", null);
    }
  }

  void unlock() {
    lock.unlock();
  }

  /** Remembers a failure for the handles to report. */
  void fail(VfsException reason) {
    failure = reason;
    failures.incrementAndGet();
  }
}
