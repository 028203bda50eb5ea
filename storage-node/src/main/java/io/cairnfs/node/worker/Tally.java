package io.cairnfs.node.worker;

/**
 * How much a worker has done since it was started, and what it knows to be left.
 *
 * @param done only grows
 * @param left 0 if there is nothing to do, as far as it knows
 * @param unit of both
 */
public record Tally(long done, long left, Unit unit) {

  /** Of a worker that counts nothing. */
  public static final Tally NONE = new Tally(0, 0, Unit.NOTHING);

  /** What a worker counts. */
  public enum Unit {
    NOTHING,
    BLOCKS,
    BYTES
  }

  public static Tally blocks(long done, long left) {
    return new Tally(done, left, Unit.BLOCKS);
  }

  public static Tally bytes(long done, long left) {
    return new Tally(done, left, Unit.BYTES);
  }
}
