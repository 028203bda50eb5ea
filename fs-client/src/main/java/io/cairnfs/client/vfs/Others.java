package io.cairnfs.client.vfs;

import io.cairnfs.protocol.head.SessionId;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What this mount knows of the other sessions of its volume: whether there are any, which live, and
 * of which files they have changed what the kernel may have cached.
 *
 * <p>The kernel is made to forget content as late as close-to-open allows: where a file is opened,
 * by the answer, and where a lock is got, by a notice; at once only where it has put an append in
 * the wrong place. A notice waits in the kernel for pages that are being read, and no signal ends
 * that: a mount that is killed meanwhile does not end, and all who use it hang, until somebody
 * aborts its connection ({@code umount -f}). Thread-safe.
 */
final class Others {

  private final InodeTable inodes;
  private final Set<Long> changedSinceOpen = ConcurrentHashMap.newKeySet();
  private final Set<Long> changedSinceLock = ConcurrentHashMap.newKeySet();
  private volatile KernelCache kernel = KernelCache.EMPTY;
  private volatile boolean shared;
  private volatile @Nullable Set<SessionId> living;

  Others(InodeTable inodes) {
    this.inodes = inodes;
  }

  KernelCache kernel() {
    return kernel;
  }

  void setKernel(KernelCache cache) {
    kernel = cache;
  }

  /** Whether others may have the volume too, now or soon. */
  boolean shared() {
    return shared;
  }

  void setShared(boolean now) {
    shared = now;
  }

  /** The sessions that live, this one among them; null while that is not known. */
  @Nullable Set<SessionId> living() {
    return living;
  }

  void setLiving(@Nullable Set<SessionId> sessions) {
    living = sessions;
  }

  /** Somebody else changed a file's content. */
  void changed(long inode) {
    if (inodes.isHeld(inode)) {
      changedSinceOpen.add(inode);
      changedSinceLock.add(inode);
    }
  }

  /** What was appended to a file is elsewhere than where the kernel has put it in its cache. */
  void misplaced(long inode) {
    changed(inode);
    kernel.forgetData(inode);
  }

  /**
   * Whether the kernel, when it opens a file, must forget what it has cached of its content. It
   * then does.
   */
  boolean mustForget(long inode) {
    return changedSinceOpen.remove(inode);
  }

  /** Waits, at most for the deadline, until the kernel has nothing that others have changed. */
  void awaitForgotten(long inode) throws InterruptedException {
    synchronized (changedSinceLock) {
      if (changedSinceLock.remove(inode)) {
        kernel.forgetData(inode);
      }
    }
    kernel.awaitForgotten();
  }

  /** The kernel has forgotten an inode and all that belongs to it. */
  void forgotten(long inode) {
    changedSinceOpen.remove(inode);
    changedSinceLock.remove(inode);
  }

  /** Anything may be other than the kernel has it. */
  void everythingChanged() {
    kernel.forgetNames();
    inodes.forEachHeld(
        inode -> {
          kernel.forgetAttributes(inode);
          changed(inode);
        });
  }
}
