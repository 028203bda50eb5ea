package io.cairnfs.client.vfs;

import io.cairnfs.client.namespace.FileType;
import io.cairnfs.client.namespace.Inode;
import io.cairnfs.client.namespace.InodeTimes;
import io.cairnfs.client.namespace.Name;
import io.cairnfs.client.namespace.NamespaceView;

/** Reading inodes out of a view, as POSIX means them. */
final class Inodes {

  /** Longest symlink target in bytes: Linux's PATH_MAX without its NUL. */
  static final int MAX_TARGET_BYTES = 4095;

  /** As on ext4. */
  static final int MAX_LINKS = 65_000;

  private static final int STAT_BLOCK_BYTES = 512;

  private Inodes() {}

  static Name name(byte[] bytes) throws VfsException {
    if (bytes.length > Name.MAX_BYTES) {
      throw new VfsException(Failure.NAME_TOO_LONG);
    }
    try {
      return Name.of(bytes);
    } catch (IllegalArgumentException e) {
      throw new VfsException(Failure.INVALID, e.getMessage(), e);
    }
  }

  static Inode inode(NamespaceView view, long number) throws VfsException {
    Inode inode = view.inode(number);
    if (inode == null) {
      throw new VfsException(Failure.STALE);
    }
    return inode;
  }

  static InodeTimes times(NamespaceView view, long number) throws VfsException {
    InodeTimes times = view.times(number);
    if (times == null) {
      throw new VfsException(Failure.STALE);
    }
    return times;
  }

  /** The inode of a directory that still has a place in the tree. */
  static Inode directory(NamespaceView view, long number) throws VfsException {
    Inode inode = view.inode(number);
    if (inode == null) {
      throw new VfsException(Failure.NOT_FOUND);
    }
    if (inode.type() != FileType.DIRECTORY) {
      throw new VfsException(Failure.NOT_A_DIRECTORY);
    }
    return inode;
  }

  static Attributes attributes(NamespaceView view, long number) throws VfsException {
    return attributes(number, inode(view, number), times(view, number));
  }

  static Attributes attributes(long number, Inode inode, InodeTimes times) {
    boolean directory = inode.type() == FileType.DIRECTORY;
    long size =
        switch (inode.type()) {
          case SYMLINK -> inode.target().length;
          case REGULAR, DIRECTORY -> times.size();
          case FIFO, CHARACTER_DEVICE, BLOCK_DEVICE, SOCKET -> 0;
        };
    return new Attributes(
        number,
        inode.type(),
        inode.permissions(),
        directory ? 2 + times.subdirectories() : inode.links(),
        inode.uid(),
        inode.gid(),
        inode.device(),
        size,
        Math.ceilDiv(times.allocated(), STAT_BLOCK_BYTES),
        times.atimeNanos(),
        times.mtimeNanos(),
        times.ctimeNanos(),
        inode.birthNanos());
  }
}
