package io.cairnfs.protocol.cell;

import io.cairnfs.protocol.identity.Key256;
import java.nio.ByteBuffer;
import java.util.UUID;

/**
 * The id of a cell: SHA-256 of its founding, so that nobody can take one.
 *
 * @param key the id as a point of the key space
 */
public record CellId(Key256 key) {

  /** Parses the text form of {@link #toString}. */
  public static CellId parse(String hex) {
    return new CellId(Key256.parse(hex));
  }

  /** The id's first half, for those who know nothing longer. */
  public UUID uuid() {
    ByteBuffer bytes = ByteBuffer.wrap(key.toBytes());
    return new UUID(bytes.getLong(), bytes.getLong());
  }

  /** 64 hexadecimal digits. */
  @Override
  public String toString() {
    return key.toString();
  }
}
