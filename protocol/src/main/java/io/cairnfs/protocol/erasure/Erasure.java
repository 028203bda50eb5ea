package io.cairnfs.protocol.erasure;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How the cold blocks of a volume are coded: {@code dataShards} blocks share a stripe with {@code
 * parityShards} more, each on a node of its own, of which any {@code parityShards} may be lost.
 *
 * @param dataShards from {@link #MIN_DATA} to {@link #MAX_DATA}
 * @param parityShards from 1 to {@link #MAX_PARITY}
 */
public record Erasure(int dataShards, int parityShards) {

  /** With one block of data parity would be a replica. */
  public static final int MIN_DATA = 2;

  /** With {@link #MAX_PARITY} it is the number of candidates that a placement has. */
  public static final int MAX_DATA = 16;

  /** As many as {@link ReedSolomon}'s matrix is good for. */
  public static final int MAX_PARITY = 4;

  private static final Pattern TEXT = Pattern.compile("(\\d{1,3})\\+(\\d{1,3})");

  /**
   * @throws IllegalArgumentException if it is out of bounds
   */
  public Erasure {
    if (dataShards < MIN_DATA
        || dataShards > MAX_DATA
        || parityShards < 1
        || parityShards > MAX_PARITY) {
      throw new IllegalArgumentException(
          "erasure coding takes "
              + MIN_DATA
              + " to "
              + MAX_DATA
              + " data and 1 to "
              + MAX_PARITY
              + " parity shards, not "
              + dataShards
              + "+"
              + parityShards);
    }
  }

  /**
   * Reads what {@link #toString} writes.
   *
   * @throws IllegalArgumentException saying what is wrong
   */
  public static Erasure parse(String text) {
    Matcher matcher = TEXT.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "'" + text + "' is no erasure coding; data and parity shards are written as 4+2");
    }
    return new Erasure(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
  }

  /** Shards of a stripe, and nodes that it needs. */
  public int shards() {
    return dataShards + parityShards;
  }

  @Override
  public String toString() {
    return dataShards + "+" + parityShards;
  }
}
