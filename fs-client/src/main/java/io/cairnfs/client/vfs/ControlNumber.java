package io.cairnfs.client.vfs;

/**
 * How inodes and handles of the control directory are numbered, apart from those of the volume: a
 * mark, then the tree that they are in, then their number there. So they stay the same from mount
 * to mount.
 */
final class ControlNumber {

  /** The control directory itself, in the place of a snapshot's serial number. */
  static final long CONTROL_TREE = 0;

  /** Volumes are granted inode numbers from 1 on, a trillion at most before they come to this. */
  private static final long MARK = 1L << 62;

  private static final int TREE_SHIFT = 40;

  /** Snapshots of a volume, deleted ones included, before numbers come again. */
  private static final long TREES = 1L << 22;

  private static final long NUMBERS = 1L << TREE_SHIFT;

  private ControlNumber() {}

  static boolean isMarked(long number) {
    return (number & MARK) != 0;
  }

  /**
   * @param serial of a snapshot
   */
  static long treeOf(long serial) {
    return 1 + serial % (TREES - 1);
  }

  /**
   * @throws VfsException {@code OUT_OF_RANGE} if the number is too great to be shown
   */
  static long of(long tree, long number) throws VfsException {
    if (number < 0 || number >= NUMBERS) {
      throw new VfsException(Failure.OUT_OF_RANGE);
    }
    return MARK | tree << TREE_SHIFT | number;
  }

  static long tree(long marked) {
    return (marked & ~MARK) >>> TREE_SHIFT;
  }

  static long number(long marked) {
    return marked & (NUMBERS - 1);
  }
}
