package io.cairnfs.node.store;

import io.cairnfs.node.store.segment.SegmentDirectory;
import io.cairnfs.node.store.segment.SegmentWriter;
import java.io.IOException;
import java.util.Map;

/** Finds segments of which so little is alive that it is worth moving. Confined to the writer. */
final class SparseSegments {

  /** Below this share of its file: moving a byte gives at least one back. */
  private static final double SPARSE = 0.5;

  /** A last segment that is shorter is left to grow: files of a few blocks are no gain. */
  private static final long MIN_LAST_BYTES = 16L << 20;

  private final SegmentUses uses;
  private final SegmentDirectory directory;
  private final SegmentWriter segments;

  SparseSegments(SegmentUses uses, SegmentDirectory directory, SegmentWriter segments) {
    this.uses = uses;
    this.directory = directory;
    this.segments = segments;
  }

  /**
   * The segment of which the least share is alive, to which nothing is appended any more; 0 if none
   * is sparse.
   */
  int find() throws IOException {
    finishSparseLast();
    int found = 0;
    double least = SPARSE;
    for (Map.Entry<Integer, SegmentUse> use : uses.alive().entrySet()) {
      int segment = use.getKey();
      double share = share(segment, use.getValue());
      if (share < least && !segments.isOpen(segment)) {
        found = segment;
        least = share;
      }
    }
    return found;
  }

  private void finishSparseLast() throws IOException {
    int last = segments.end().segment();
    if (segments.isOpen(last)
        && segments.end().offset() >= MIN_LAST_BYTES
        && share(last, uses.of(last)) < SPARSE) {
      segments.finish();
    }
  }

  private double share(int segment, SegmentUse use) throws IOException {
    return (double) use.bytes() / Math.max(1, directory.sizeBytes(segment));
  }
}
