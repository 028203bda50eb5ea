package io.cairnfs.node.store;

import io.cairnfs.node.store.segment.ChunkSums;
import io.cairnfs.node.store.segment.Place;
import io.cairnfs.node.store.segment.RecordHeader;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What the index says of a block, so that asking for it never touches its body.
 *
 * <pre>
 *  0  the body's length (4)
 *  4  arrival (8)
 * 12  replication (1)
 * 13  flags (1): 1 pinned, 2 quarantined, 4 in a segment; if that:
 * 14  segment (4)
 * 18  where the record begins in it, in pages (4)
 * 22  the CRC32C of each chunk of the body (4 each)
 * </pre>
 *
 * @param sizeBytes the body's length
 * @param arrival its number in the arrival log
 * @param replication on how many nodes it is to be
 * @param pinned whether a pin holds it
 * @param quarantined whether the body is known to be damaged
 * @param body where it is in the segments; null if it is in the database
 */
record IndexEntry(
    int sizeBytes,
    long arrival,
    int replication,
    boolean pinned,
    boolean quarantined,
    @Nullable SegmentBody body) {

  private static final int BYTES = Integer.BYTES + Long.BYTES + 2;
  private static final int SEGMENT_BYTES = 2 * Integer.BYTES;
  private static final int PINNED = 1;
  private static final int QUARANTINED = 2;
  private static final int IN_SEGMENT = 4;

  /** Of a block that has neither body nor arrival yet. */
  static IndexEntry fresh(int sizeBytes) {
    return new IndexEntry(sizeBytes, 0, 0, false, false, null);
  }

  byte[] encode() {
    int flags =
        (pinned ? PINNED : 0) | (quarantined ? QUARANTINED : 0) | (body != null ? IN_SEGMENT : 0);
    int more = body == null ? 0 : SEGMENT_BYTES + Integer.BYTES * body.sums().count();
    ByteBuffer buffer =
        ByteBuffer.allocate(BYTES + more)
            .putInt(sizeBytes)
            .putLong(arrival)
            .put((byte) replication)
            .put((byte) flags);
    if (body != null) {
      buffer.putInt(body.record().segment());
      buffer.putInt((int) (body.record().offset() / RecordHeader.ALIGNMENT));
      body.sums().encode(buffer);
    }
    return buffer.array();
  }

  static IndexEntry decode(byte[] bytes) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    int sizeBytes = buffer.getInt();
    long arrival = buffer.getLong();
    int replication = buffer.get() & 0xff;
    int flags = buffer.get();
    SegmentBody body = (flags & IN_SEGMENT) != 0 ? decodeBody(buffer, sizeBytes) : null;
    return new IndexEntry(
        sizeBytes, arrival, replication, (flags & PINNED) != 0, (flags & QUARANTINED) != 0, body);
  }

  private static SegmentBody decodeBody(ByteBuffer buffer, int sizeBytes) {
    int segment = buffer.getInt();
    long offset = Integer.toUnsignedLong(buffer.getInt()) * RecordHeader.ALIGNMENT;
    ChunkSums sums = ChunkSums.decode(buffer, ChunkSums.count(sizeBytes));
    return new SegmentBody(new Place(segment, offset), sums);
  }

  IndexEntry withPinned(boolean value) {
    return new IndexEntry(sizeBytes, arrival, replication, value, quarantined, body);
  }

  IndexEntry withQuarantined(boolean value) {
    return new IndexEntry(sizeBytes, arrival, replication, pinned, value, body);
  }

  IndexEntry withArrival(long newArrival, int newReplication) {
    return new IndexEntry(sizeBytes, newArrival, newReplication, pinned, quarantined, body);
  }

  IndexEntry withBody(@Nullable SegmentBody newBody) {
    return new IndexEntry(sizeBytes, arrival, replication, pinned, quarantined, newBody);
  }

  BlockStat toStat() {
    return new BlockStat(sizeBytes, arrival, replication, pinned, quarantined);
  }
}
