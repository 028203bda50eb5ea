package io.cairnfs.client.namespace;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A file's name: 1 to 255 bytes without NUL or slash, neither "." nor ".."; not necessarily UTF-8.
 * Immutable.
 */
public final class Name {

  /** Longest name in bytes. */
  public static final int MAX_BYTES = 255;

  private final byte[] bytes;

  private Name(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * @throws IllegalArgumentException if the bytes are no name; check the length before, it has an
   *     errno of its own
   */
  public static Name of(byte[] bytes) {
    if (bytes.length == 0 || bytes.length > MAX_BYTES) {
      throw new IllegalArgumentException("a name has 1 to 255 bytes, not " + bytes.length);
    }
    for (byte b : bytes) {
      if (b == 0 || b == '/') {
        throw new IllegalArgumentException("a name has neither NUL nor slash");
      }
    }
    if (bytes[0] == '.' && (bytes.length == 1 || (bytes.length == 2 && bytes[1] == '.'))) {
      throw new IllegalArgumentException("'.' and '..' are no names");
    }
    return new Name(bytes.clone());
  }

  public static Name of(String name) {
    return of(name.getBytes(StandardCharsets.UTF_8));
  }

  public byte[] toBytes() {
    return bytes.clone();
  }

  /** The bytes themselves, not to be changed. */
  byte[] bytes() {
    return bytes;
  }

  public int length() {
    return bytes.length;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Name name && Arrays.equals(bytes, name.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  /** The name as UTF-8, for logs. */
  @Override
  public String toString() {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
