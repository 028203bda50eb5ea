package io.cairnfs.node.store.segment;

import io.cairnfs.protocol.block.BlockLimits;
import io.cairnfs.protocol.block.Claim;
import io.cairnfs.protocol.head.VolumeId;
import io.cairnfs.protocol.identity.Key256;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * What stands before a body in a segment: enough to write its index entry again. A record is a page
 * with this header, the body from the next page on, and zeros up to the next page. All integers are
 * big-endian.
 *
 * <pre>
 *  0  magic, "cairnrec"
 *  8  segment (4), which tells bytes that an older file left on the disk
 * 12  digest (32)
 * 44  the body's length (4)
 * 48  arrival (8)
 * 56  how many records of the same put follow (4)
 * 60  replication (1)
 * 61  flags (1): 1 if the index log decides
 * 62  zeros (2)
 * 64  the claim's epoch (8), 0 for no claim
 * 72  the claim's volume (32)
 * 104 CRC32C of all that (4)
 * </pre>
 *
 * @param digest the body's SHA-256
 * @param sizeBytes the body's length
 * @param arrival the block's new number in the arrival log; 0 if it keeps the one that it has
 * @param replication on how many nodes the block is to be
 * @param following how many records of the same put come right after this one
 * @param logDecides whether the put did more than these records tell, so that it happened only if
 *     the index's own log has it
 * @param claim what holds the block from then on; null for nothing that was not there before
 */
public record RecordHeader(
    Key256 digest,
    int sizeBytes,
    long arrival,
    int replication,
    int following,
    boolean logDecides,
    @Nullable Claim claim) {

  /** Of records and bodies in a file: what direct I/O asks for, and a page of the page cache. */
  public static final int ALIGNMENT = 4096;

  private static final long MAGIC = 0x636169726e726563L;
  private static final int CHECKED_BYTES = 104;
  private static final byte LOG_DECIDES = 1;

  /** How many bytes of a file a body takes with its header. */
  public static long recordBytes(int bodyBytes) {
    return 2L * ALIGNMENT + (bodyBytes - 1) / ALIGNMENT * (long) ALIGNMENT;
  }

  /** Writes the header's page. */
  void encode(int segment, ByteBuffer to) {
    int start = to.position();
    to.putLong(MAGIC)
        .putInt(segment)
        .put(digest.toBytes())
        .putInt(sizeBytes)
        .putLong(arrival)
        .putInt(following)
        .put((byte) replication)
        .put(logDecides ? LOG_DECIDES : 0)
        .putShort((short) 0)
        .putLong(claim == null ? 0 : claim.epoch())
        .put(claim == null ? new byte[VolumeId.BYTES] : claim.volume().toBytes())
        .putInt(checksum(to.slice(start, CHECKED_BYTES)));
    pad(to, start + ALIGNMENT);
  }

  /** Writes zeros up to a position. */
  static void pad(ByteBuffer to, int end) {
    while (to.position() < end) {
      to.put((byte) 0);
    }
  }

  /** Reads a header; null if there is none of this segment. */
  static @Nullable RecordHeader decode(int segment, ByteBuffer page) {
    if (page.remaining() < CHECKED_BYTES + Integer.BYTES
        || page.getInt(page.position() + CHECKED_BYTES)
            != checksum(page.slice(page.position(), CHECKED_BYTES))) {
      return null;
    }
    if (page.getLong() != MAGIC || page.getInt() != segment) {
      return null;
    }
    byte[] digest = new byte[Key256.BYTES];
    page.get(digest);
    int sizeBytes = page.getInt();
    long arrival = page.getLong();
    int following = page.getInt();
    int replication = page.get() & 0xff;
    boolean logDecides = (page.get() & LOG_DECIDES) != 0;
    page.getShort();
    Claim claim = decodeClaim(page);
    if (sizeBytes < 1 || sizeBytes > BlockLimits.MAX_ACCEPTED_BYTES || following < 0) {
      return null;
    }
    return new RecordHeader(
        Key256.of(digest), sizeBytes, arrival, replication, following, logDecides, claim);
  }

  private static @Nullable Claim decodeClaim(ByteBuffer page) {
    long epoch = page.getLong();
    byte[] volume = new byte[VolumeId.BYTES];
    page.get(volume);
    return epoch < 1 ? null : new Claim(VolumeId.of(volume), epoch);
  }

  private static int checksum(ByteBuffer bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return (int) crc.getValue();
  }
}
