package io.cairnfs.client.tidy;

import io.cairnfs.client.extent.BlockRef;
import io.cairnfs.client.extent.Extent;
import java.util.Arrays;

/** Which extents the tidier may move, and whether they are still what they were. Stateless. */
final class Movable {

  private Movable() {}

  /** Whether an extent has bytes that are stored: neither zeros nor on their way. */
  static boolean is(Extent extent) {
    return switch (extent) {
      case Extent.InBlock inBlock -> inBlock.block() instanceof BlockRef.Stored;
      case Extent.Inline inline -> true;
      case Extent.Zeros zeros -> false;
    };
  }

  /** Whether two extents are of the same bytes at the same place. */
  static boolean isSame(Extent one, Extent other) {
    if (one instanceof Extent.Inline inline && other instanceof Extent.Inline otherInline) {
      return Arrays.equals(inline.bytes(), otherInline.bytes());
    }
    return one.equals(other);
  }
}
