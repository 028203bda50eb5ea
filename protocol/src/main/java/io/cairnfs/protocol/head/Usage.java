package io.cairnfs.protocol.head;

/**
 * An amount, or a change, of what a volume holds.
 *
 * @param bytes logical bytes allocated to files
 * @param inodes number of inodes
 */
public record Usage(long bytes, long inodes) {

  public static final Usage NONE = new Usage(0, 0);

  public Usage plus(Usage other) {
    return new Usage(bytes + other.bytes, inodes + other.inodes);
  }
}
