package io.cairnfs.node.store;

import java.nio.ByteBuffer;

/**
 * What of a segment is alive: referred to by the index. The rest of the file is dead.
 *
 * @param records how many bodies
 * @param bytes what their records take of the file
 */
record SegmentUse(int records, long bytes) {

  static final SegmentUse NONE = new SegmentUse(0, 0);

  byte[] encode() {
    return ByteBuffer.allocate(Integer.BYTES + Long.BYTES).putInt(records).putLong(bytes).array();
  }

  static SegmentUse decode(byte[] encoded) {
    ByteBuffer buffer = ByteBuffer.wrap(encoded);
    return new SegmentUse(buffer.getInt(), buffer.getLong());
  }

  SegmentUse plus(int moreRecords, long moreBytes) {
    return new SegmentUse(records + moreRecords, bytes + moreBytes);
  }
}
