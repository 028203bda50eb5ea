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
 * 12  replication, or another {@link io.cairnfs.protocol.block.Redundancy} (1)
 * 13  flags (1): 1 pinned, 2 quarantined, 4 in a segment, 8 garbage; if in a segment:
 * 14  segment (4)
 * 18  where the record begins in it, in pages (4)
 * 22  the CRC32C of each chunk of the body (4 each)
 *     if garbage, at the end:
 *     since when (8)
 * </pre>
 *
 * @param sizeBytes the body's length
 * @param arrival its number in the arrival log
 * @param replication on how many nodes it is to be
 * @param pinned whether a pin holds it
 * @param quarantined whether the body is known to be damaged
 * @param garbageSince when the last that held the block let it go, by {@link RunClock}; 0 while
 *     something holds it, and if nothing ever did
 * @param body where it is in the segments; null if it is in the database
 */
record IndexEntry(
    int sizeBytes,
    long arrival,
    int replication,
    boolean pinned,
    boolean quarantined,
    long garbageSince,
    @Nullable SegmentBody body) {

  private static final int BYTES = Integer.BYTES + Long.BYTES + 2;
  private static final int SEGMENT_BYTES = 2 * Integer.BYTES;
  private static final int PINNED = 1;
  private static final int QUARANTINED = 2;
  private static final int IN_SEGMENT = 4;
  private static final int GARBAGE = 8;

  /** Of a block that has neither body nor arrival yet. */
  static IndexEntry fresh(int sizeBytes) {
    return new IndexEntry(sizeBytes, 0, 0, false, false, 0, null);
  }

  byte[] encode() {
    int flags =
        (pinned ? PINNED : 0)
            | (quarantined ? QUARANTINED : 0)
            | (body != null ? IN_SEGMENT : 0)
            | (isGarbage() ? GARBAGE : 0);
    int more = body == null ? 0 : SEGMENT_BYTES + Integer.BYTES * body.sums().count();
    more += isGarbage() ? Long.BYTES : 0;
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
    if (isGarbage()) {
      buffer.putLong(garbageSince);
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
    long garbageSince = (flags & GARBAGE) != 0 ? buffer.getLong() : 0;
    return new IndexEntry(
        sizeBytes,
        arrival,
        replication,
        (flags & PINNED) != 0,
        (flags & QUARANTINED) != 0,
        garbageSince,
        body);
  }

  private static SegmentBody decodeBody(ByteBuffer buffer, int sizeBytes) {
    int segment = buffer.getInt();
    long offset = Integer.toUnsignedLong(buffer.getInt()) * RecordHeader.ALIGNMENT;
    ChunkSums sums = ChunkSums.decode(buffer, ChunkSums.count(sizeBytes));
    return new SegmentBody(new Place(segment, offset), sums);
  }

  IndexEntry withPinned(boolean value) {
    return new IndexEntry(sizeBytes, arrival, replication, value, quarantined, garbageSince, body);
  }

  IndexEntry withQuarantined(boolean value) {
    return new IndexEntry(sizeBytes, arrival, replication, pinned, value, garbageSince, body);
  }

  IndexEntry withArrival(long newArrival, int newReplication) {
    return new IndexEntry(
        sizeBytes, newArrival, newReplication, pinned, quarantined, garbageSince, body);
  }

  IndexEntry withBody(@Nullable SegmentBody newBody) {
    return new IndexEntry(
        sizeBytes, arrival, replication, pinned, quarantined, garbageSince, newBody);
  }

  IndexEntry withGarbageSince(long millis) {
    return new IndexEntry(sizeBytes, arrival, replication, pinned, quarantined, millis, body);
  }

  /** Whether the body is at a place in the segments, and not known to be damaged. */
  boolean isAt(Place place) {
    return body != null && !quarantined && body.record().equals(place);
  }

  /** Whether the block goes when its grace is over. */
  boolean isGarbage() {
    return garbageSince > 0;
  }

  BlockStat toStat() {
    return new BlockStat(sizeBytes, arrival, replication, pinned, quarantined, isGarbage());
  }
}
