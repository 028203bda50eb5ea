package io.cairnfs.client.vfs;

import io.cairnfs.protocol.head.SessionId;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What this mount knows of the other sessions of its volume: whether there are any, which live, and
 * of which files they have changed what the kernel may have cached. Thread-safe.
 */
final class Others {

  private final InodeTable inodes;
  private final Set<Long> changed = ConcurrentHashMap.newKeySet();
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
      changed.add(inode);
      kernel.forgetData(inode);
    }
  }

  /**
   * Whether the kernel, when it opens a file, must forget what it has cached of its content. It
   * then does.
   */
  boolean mustForget(long inode) {
    return changed.remove(inode);
  }

  /** The kernel has forgotten an inode and all that belongs to it. */
  void forgotten(long inode) {
    changed.remove(inode);
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
