package io.cairnfs.client.namespace;

import io.cairnfs.protocol.cid.Cid;
import org.jspecify.annotations.Nullable;

/** A part of a volume's map that cannot be had, because a tree block is lost. Immutable. */
public final class LostPart {

  private final Cid block;
  private final Key from;
  private final @Nullable Key to;
  private final String why;

  /**
   * @param to the first key after it; null if it goes to the end
   */
  LostPart(Cid block, Key from, @Nullable Key to, String why) {
    this.block = block;
    this.from = from;
    this.to = to;
    this.why = why;
  }

  /** The tree block. */
  public Cid block() {
    return block;
  }

  /** What is wrong with it, for people. */
  public String why() {
    return why;
  }

  Key from() {
    return from;
  }

  Key to() {
    return to == null ? Key.END : to;
  }

  /** Where the lost part of a file's extents begins, in bytes; {@link #contentEnd} if none is. */
  public long contentStart(long inode) {
    return clamp(from, inode);
  }

  /** Where the lost part of a file's extents ends, in bytes. */
  public long contentEnd(long inode) {
    return clamp(to(), inode);
  }

  private static long clamp(Key bound, long inode) {
    if (bound.compareTo(Key.extent(inode, 0)) <= 0) {
      return 0;
    }
    boolean within = bound.kind() == Key.EXTENT && bound.inode() == inode;
    return within ? bound.sub() : Long.MAX_VALUE;
  }

  /** The range of keys, such as {@code I 7 to D 1}. */
  @Override
  public String toString() {
    return from + " to " + (to == null ? "the end" : to);
  }
}
