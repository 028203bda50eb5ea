package io.cairnfs.node.store;

import io.cairnfs.node.rocks.Column;
import io.cairnfs.node.rocks.RocksDatabase;
import io.cairnfs.node.store.segment.Place;
import io.cairnfs.protocol.block.Claim;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.head.VolumeId;
import io.cairnfs.protocol.identity.Key256;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;

/**
 * The block store's columns with the codecs of their keys and values: its format on disk. All
 * integers are big-endian.
 *
 * <pre>
 * blocks.bodies    digest (32)            -> the block's bytes, if they are not in a segment
 * blocks.index     digest (32)            -> {@link IndexEntry}
 * blocks.arrivals  sequence (8)           -> digest (32), length (4), replication (1)
 * blocks.segments  number (4)             -> {@link SegmentUse}, if it is not dead
 * blocks.marks     'p' digest (32) CID    -> empty: a pin
 *                  'q' digest (32)        -> empty: in quarantine
 *                  'n' name (UTF-8)       -> a note; the store's own begin with '.'
 *                  'v' volume (32)        -> epoch (8): the last sweep of a volume that was heard of
 * blocks.claims    digest (32) volume (32) -> epoch (8): a {@link Claim}
 * blocks.garbage   since (8) digest (32)   -> empty: nothing holds the block since then
 * </pre>
 */
public final class Columns {

  static final Column BODIES = new Column("blocks.bodies", Column.Use.BODIES);
  static final Column INDEX = new Column("blocks.index", Column.Use.INDEX);
  static final Column ARRIVALS = new Column("blocks.arrivals", Column.Use.LOG);
  static final Column SEGMENTS = new Column("blocks.segments", Column.Use.LOG);
  static final Column MARKS = new Column("blocks.marks", Column.Use.LOG);
  static final Column CLAIMS = new Column("blocks.claims", Column.Use.INDEX);
  static final Column GARBAGE = new Column("blocks.garbage", Column.Use.LOG);

  /** What a database must be opened with to hold a block store. */
  public static final List<Column> ALL =
      List.of(BODIES, INDEX, ARRIVALS, SEGMENTS, MARKS, CLAIMS, GARBAGE);

  static final String EPOCH_NOTE = ".epoch";
  static final String COUNTERS_NOTE = ".counters";

  /** How far the index knows the segments. */
  static final String END_NOTE = ".end";

  /** How long the store has been open in its life, by {@link RunClock}. */
  static final String CLOCK_NOTE = ".clock";

  private static final byte PIN = 'p';
  private static final byte QUARANTINE = 'q';
  private static final byte NOTE = 'n';
  private static final byte VOLUME = 'v';

  static final byte[] EMPTY = {};

  private Columns() {}

  static byte[] arrivalKey(long sequence) {
    return ByteBuffer.allocate(Long.BYTES).putLong(sequence).array();
  }

  static long arrivalSequence(byte[] key) {
    return ByteBuffer.wrap(key).getLong();
  }

  static byte[] arrivalValue(Key256 digest, int sizeBytes, int replication) {
    return ByteBuffer.allocate(Key256.BYTES + Integer.BYTES + 1)
        .put(digest.toBytes())
        .putInt(sizeBytes)
        .put((byte) replication)
        .array();
  }

  static Arrival arrival(byte[] key, byte[] value) {
    ByteBuffer buffer = ByteBuffer.wrap(value);
    byte[] digest = new byte[Key256.BYTES];
    buffer.get(digest);
    return new Arrival(
        arrivalSequence(key), Key256.of(digest), buffer.getInt(), buffer.get() & 0xff);
  }

  static byte[] segmentKey(int segment) {
    return ByteBuffer.allocate(Integer.BYTES).putInt(segment).array();
  }

  static int segment(byte[] key) {
    return ByteBuffer.wrap(key).getInt();
  }

  static byte[] endValue(Place end) {
    return ByteBuffer.allocate(Integer.BYTES + Long.BYTES)
        .putInt(end.segment())
        .putLong(end.offset())
        .array();
  }

  static Place end(byte[] value) {
    ByteBuffer buffer = ByteBuffer.wrap(value);
    return new Place(buffer.getInt(), buffer.getLong());
  }

  static byte[] pinPrefix() {
    return new byte[] {PIN};
  }

  static byte[] pinPrefix(Key256 digest) {
    return ByteBuffer.allocate(1 + Key256.BYTES).put(PIN).put(digest.toBytes()).array();
  }

  static byte[] pinKey(Cid cid) {
    byte[] bytes = cid.toBytes();
    return ByteBuffer.allocate(1 + Key256.BYTES + bytes.length)
        .put(PIN)
        .put(cid.key().toBytes())
        .put(bytes)
        .array();
  }

  static Cid pinnedCid(byte[] key) {
    return Cid.decode(Arrays.copyOfRange(key, 1 + Key256.BYTES, key.length));
  }

  static byte[] quarantinePrefix() {
    return new byte[] {QUARANTINE};
  }

  static byte[] quarantineKey(Key256 digest) {
    return ByteBuffer.allocate(1 + Key256.BYTES).put(QUARANTINE).put(digest.toBytes()).array();
  }

  static Key256 quarantinedDigest(byte[] key) {
    return Key256.of(Arrays.copyOfRange(key, 1, key.length));
  }

  static byte[] noteKey(String name) {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(1 + bytes.length).put(NOTE).put(bytes).array();
  }

  static byte[] volumePrefix() {
    return new byte[] {VOLUME};
  }

  static byte[] volumeKey(VolumeId volume) {
    return ByteBuffer.allocate(1 + VolumeId.BYTES).put(VOLUME).put(volume.toBytes()).array();
  }

  static VolumeId volume(byte[] key) {
    return VolumeId.of(Arrays.copyOfRange(key, 1, key.length));
  }

  static byte[] longValue(long value) {
    return ByteBuffer.allocate(Long.BYTES).putLong(value).array();
  }

  static long longValue(byte[] encoded) {
    return ByteBuffer.wrap(encoded).getLong();
  }

  static byte[] claimKey(Key256 digest, VolumeId volume) {
    return ByteBuffer.allocate(Key256.BYTES + VolumeId.BYTES)
        .put(digest.toBytes())
        .put(volume.toBytes())
        .array();
  }

  static Key256 claimedDigest(byte[] key) {
    return Key256.of(Arrays.copyOf(key, Key256.BYTES));
  }

  static VolumeId claimingVolume(byte[] key) {
    return VolumeId.of(Arrays.copyOfRange(key, Key256.BYTES, key.length));
  }

  static byte[] garbageKey(long sinceMillis, Key256 digest) {
    return ByteBuffer.allocate(Long.BYTES + Key256.BYTES)
        .putLong(sinceMillis)
        .put(digest.toBytes())
        .array();
  }

  static long garbageSince(byte[] key) {
    return ByteBuffer.wrap(key).getLong();
  }

  static Key256 garbageDigest(byte[] key) {
    return Key256.of(Arrays.copyOfRange(key, Long.BYTES, key.length));
  }

  /** The smallest key that is greater. */
  static byte[] successor(byte[] key) {
    return Arrays.copyOf(key, key.length + 1);
  }

  /** Whether a key begins with a prefix. */
  static boolean hasPrefix(byte[] key, byte[] prefix) {
    return key.length >= prefix.length
        && Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length);
  }

  static byte @Nullable [] readNote(RocksDatabase database, String name) throws RocksDBException {
    return database.db().get(database.handle(MARKS), noteKey(name));
  }
}
