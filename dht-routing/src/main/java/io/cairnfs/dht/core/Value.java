package io.cairnfs.dht.core;

import com.google.protobuf.ByteString;
import io.cairnfs.protocol.identity.Key256;

/**
 * A small signed value that the nodes closest to its key keep, such as a volume's founding record.
 *
 * @param key SHA-256 of its subject
 * @param sequence of two valid values of one key the higher sequence holds
 * @param bytes opaque here
 */
public record Value(Key256 key, long sequence, ByteString bytes) {

  /** Largest value in bytes: the limit of IPNS records. */
  public static final int MAX_BYTES = 10 * 1024;

  /**
   * @throws IllegalArgumentException if it is too large or its sequence negative
   */
  public Value {
    if (bytes.size() > MAX_BYTES || sequence < 0) {
      throw new IllegalArgumentException(
          "a value of " + bytes.size() + " bytes, sequence " + sequence);
    }
  }

  /**
   * Whether this one replaces the other; bytes decide between equal sequences, so that all holders
   * agree.
   */
  boolean supersedes(Value other) {
    if (sequence != other.sequence) {
      return sequence > other.sequence;
    }
    return ByteString.unsignedLexicographicalComparator().compare(bytes, other.bytes) > 0;
  }
}
