package io.cairnfs.node.store;

import java.nio.ByteBuffer;

/** Sums over the index, written with every change of it so that opening needs no scan. */
record Counters(long blocks, long bytes, long quarantined) {

  static final Counters ZERO = new Counters(0, 0, 0);

  byte[] encode() {
    return ByteBuffer.allocate(3 * Long.BYTES)
        .putLong(blocks)
        .putLong(bytes)
        .putLong(quarantined)
        .array();
  }

  static Counters decode(byte[] encoded) {
    ByteBuffer buffer = ByteBuffer.wrap(encoded);
    return new Counters(buffer.getLong(), buffer.getLong(), buffer.getLong());
  }

  Counters plus(int moreBlocks, long moreBytes, int moreQuarantined) {
    return new Counters(blocks + moreBlocks, bytes + moreBytes, quarantined + moreQuarantined);
  }
}
