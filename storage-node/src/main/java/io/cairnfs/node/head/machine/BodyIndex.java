package io.cairnfs.node.head.machine;

/**
 * Under which number the bodies of a command rest: that of the command, and before it how often the
 * volume had moved. A node may vote in the cell that a volume comes from and in the one that it
 * goes to, and keeps the bodies of both in one place.
 */
public final class BodyIndex {

  private static final int COMMAND_BITS = 48;

  /** Moves of a volume, so that numbers stay positive. */
  static final long MAX_MOVES = (1L << (Long.SIZE - 1 - COMMAND_BITS)) - 1;

  private BodyIndex() {}

  static long of(long move, long command) {
    return (move << COMMAND_BITS) + command;
  }

  /** The first number beyond those of the same stay of a volume. */
  public static long end(long index) {
    return ((index >>> COMMAND_BITS) + 1) << COMMAND_BITS;
  }
}
