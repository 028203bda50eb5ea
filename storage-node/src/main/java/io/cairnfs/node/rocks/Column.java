package io.cairnfs.node.rocks;

/**
 * A column family of the node's database.
 *
 * @param name its name on disk: part of the format, never reused for something else
 * @param use what its options are tuned for
 */
public record Column(String name, Use use) {

  /** What a column holds. */
  public enum Use {
    /** Immutable values of some kibibytes, in blob files. */
    BODIES,
    /** Small values that are looked up by key, often in vain. */
    INDEX,
    /** Small values in key order, read by ranges. */
    LOG
  }
}
