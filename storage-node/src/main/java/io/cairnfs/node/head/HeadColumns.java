package io.cairnfs.node.head;

import io.cairnfs.node.rocks.Column;
import io.cairnfs.protocol.head.VolumeId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * The heads' columns in the node's database: keys and values. Numbers are big-endian, so that they
 * sort. Every value is preceded by the CRC-32C of its key and itself, because RocksDB's own
 * checksums do not tell a value from that of another key.
 */
final class HeadColumns {

  /** The layout described here. */
  static final int FORMAT = 1;

  /** Number of a command -> the encoded command. */
  static final Column LOG = new Column("head_log", Column.Use.LOG);

  /** Volume and number of a command -> the joined bodies that it brought. */
  static final Column BODIES = new Column("head_bodies", Column.Use.LOG);

  /**
   * {@link #FORMAT_KEY}, {@link #SNAPSHOT_KEY}, and the number of a record in the snapshot -> the
   * record.
   */
  static final Column STATE = new Column("head_state", Column.Use.LOG);

  static final List<Column> ALL = List.of(LOG, BODIES, STATE);

  /** The format as an int. */
  static final byte[] FORMAT_KEY = "format".getBytes(StandardCharsets.US_ASCII);

  /** The last command that the snapshot includes, and its number of records. */
  static final byte[] SNAPSHOT_KEY = "snapshot".getBytes(StandardCharsets.US_ASCII);

  private HeadColumns() {}

  static byte[] key(long number) {
    return ByteBuffer.allocate(Long.BYTES).putLong(number).array();
  }

  static byte[] recordKey(int number) {
    return ByteBuffer.allocate(1 + Integer.BYTES).put((byte) 'r').putInt(number).array();
  }

  static byte[] key(VolumeId volume, long index) {
    return ByteBuffer.allocate(VolumeId.BYTES + Long.BYTES)
        .put(volume.toBytes())
        .putLong(index)
        .array();
  }

  static byte[] seal(byte[] key, byte[] payload) {
    return ByteBuffer.allocate(Integer.BYTES + payload.length)
        .putInt(checksum(key, payload, 0))
        .put(payload)
        .array();
  }

  /**
   * @throws JournalDamageException if this is not what was sealed under this key
   */
  static byte[] unseal(byte[] key, byte[] value, String what) throws JournalDamageException {
    if (value.length < Integer.BYTES
        || ByteBuffer.wrap(value).getInt() != checksum(key, value, Integer.BYTES)) {
      throw new JournalDamageException(
          "the heads' log is damaged: " + what + " has a wrong checksum");
    }
    byte[] payload = new byte[value.length - Integer.BYTES];
    System.arraycopy(value, Integer.BYTES, payload, 0, payload.length);
    return payload;
  }

  private static int checksum(byte[] key, byte[] value, int offset) {
    CRC32C crc = new CRC32C();
    crc.update(key);
    crc.update(value, offset, value.length - offset);
    return (int) crc.getValue();
  }
}
