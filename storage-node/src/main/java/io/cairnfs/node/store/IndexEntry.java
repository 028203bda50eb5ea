package io.cairnfs.node.store;

import java.nio.ByteBuffer;

/**
 * What the index says of a block, so that asking for it never touches its body.
 *
 * @param sizeBytes the body's length
 * @param arrival its number in the arrival log
 * @param replication on how many nodes it is to be
 * @param pinned whether a pin holds it
 * @param quarantined whether the body is known to be damaged
 */
record IndexEntry(
    int sizeBytes, long arrival, int replication, boolean pinned, boolean quarantined) {

  private static final int BYTES = Integer.BYTES + Long.BYTES + 2;
  private static final int PINNED = 1;
  private static final int QUARANTINED = 2;

  byte[] encode() {
    int flags = (pinned ? PINNED : 0) | (quarantined ? QUARANTINED : 0);
    return ByteBuffer.allocate(BYTES)
        .putInt(sizeBytes)
        .putLong(arrival)
        .put((byte) replication)
        .put((byte) flags)
        .array();
  }

  static IndexEntry decode(byte[] bytes) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    int sizeBytes = buffer.getInt();
    long arrival = buffer.getLong();
    int replication = buffer.get() & 0xff;
    int flags = buffer.get();
    return new IndexEntry(
        sizeBytes, arrival, replication, (flags & PINNED) != 0, (flags & QUARANTINED) != 0);
  }

  IndexEntry withPinned(boolean value) {
    return new IndexEntry(sizeBytes, arrival, replication, value, quarantined);
  }

  IndexEntry withQuarantined(boolean value) {
    return new IndexEntry(sizeBytes, arrival, replication, pinned, value);
  }

  IndexEntry withArrival(long newArrival, int newReplication) {
    return new IndexEntry(sizeBytes, newArrival, newReplication, pinned, quarantined);
  }

  BlockStat toStat() {
    return new BlockStat(sizeBytes, arrival, replication, pinned, quarantined);
  }
}
