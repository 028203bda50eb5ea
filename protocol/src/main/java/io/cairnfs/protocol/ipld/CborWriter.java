package io.cairnfs.protocol.ipld;

import io.cairnfs.protocol.cid.Cid;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes one DAG-CBOR item piece by piece: a container's header, then its contents; a map's
 * contents are key, value, key, value. There is one encoding of every item. Not thread-safe; may be
 * used again after {@link #reset}.
 *
 * <p>Every method throws {@link CborException} where the piece may not stand: a second top-level
 * item, a key that is not text or not sorted, a nesting that is too deep, an item larger than
 * {@link CborLimits#MAX_BYTES}. The writer is of no use after that.
 */
public final class CborWriter {

  private static final int INITIAL_BYTES = 512;
  private static final int MAX_HEADER_BYTES = 9;

  private final Nesting nesting = new Nesting();
  private byte[] bytes;
  private int size;

  public CborWriter() {
    this(INITIAL_BYTES);
  }

  /**
   * @param expectedBytes about how long the item will be
   */
  public CborWriter(int expectedBytes) {
    bytes = new byte[Math.clamp(expectedBytes, MAX_HEADER_BYTES, CborLimits.MAX_BYTES)];
  }

  /** Forgets what was written. */
  public void reset() {
    nesting.reset();
    size = 0;
  }

  /** How many bytes were written. */
  public int size() {
    return size;
  }

  /**
   * The item, copied.
   *
   * @throws CborException if it is not complete, or too large
   */
  public byte[] toBytes() {
    if (!nesting.isComplete()) {
      throw new CborException("the item is not complete");
    }
    if (size > CborLimits.MAX_BYTES) {
      throw tooLarge();
    }
    return Arrays.copyOf(bytes, size);
  }

  /** Begins a map: {@code entries} keys with their values follow. */
  public CborWriter writeMapHeader(int entries) {
    nesting.beginItem();
    header(Initial.MAP, requireCount(entries));
    nesting.open(true, Math.multiplyExact(2, entries));
    return this;
  }

  /** Begins an array: {@code items} items follow. */
  public CborWriter writeArrayHeader(int items) {
    nesting.beginItem();
    header(Initial.ARRAY, requireCount(items));
    nesting.open(false, items);
    return this;
  }

  public CborWriter writeLong(long value) {
    nesting.beginItem();
    if (value >= 0) {
      header(Initial.UNSIGNED, value);
    } else {
      header(Initial.NEGATIVE, ~value);
    }
    nesting.end();
    return this;
  }

  public CborWriter writeBytes(byte[] value) {
    return writeBytes(value, 0, value.length);
  }

  public CborWriter writeBytes(byte[] value, int offset, int length) {
    nesting.beginItem();
    header(Initial.BYTES, length);
    reserve(length);
    System.arraycopy(value, offset, bytes, size, length);
    size += length;
    nesting.end();
    return this;
  }

  /**
   * Writes a text, or a map's key.
   *
   * @throws CborException if it contains half a surrogate pair
   */
  public CborWriter writeText(String value) {
    boolean key = nesting.beginText();
    int start = size;
    int length = value.length();
    if (isAscii(value)) {
      header(Initial.TEXT, length);
      reserve(length);
      for (int i = 0; i < length; i++) {
        bytes[size++] = (byte) value.charAt(i);
      }
    } else {
      ByteBuffer encoded = encode(value);
      header(Initial.TEXT, encoded.remaining());
      reserve(encoded.remaining());
      int count = encoded.remaining();
      encoded.get(bytes, size, count);
      size += count;
    }
    if (key) {
      nesting.endKey(bytes, start, size);
    }
    nesting.end();
    return this;
  }

  /** Writes a link to a block. */
  public CborWriter writeLink(Cid cid) {
    nesting.beginItem();
    int length = cid.encodedLength();
    header(Initial.TAG, Initial.LINK_TAG);
    header(Initial.BYTES, 1L + length);
    reserve(1 + length);
    bytes[size++] = Initial.LINK_PREFIX;
    size = cid.write(bytes, size);
    nesting.end();
    return this;
  }

  public CborWriter writeBoolean(boolean value) {
    return single(value ? Initial.TRUE : Initial.FALSE);
  }

  public CborWriter writeNull() {
    return single(Initial.NULL);
  }

  /**
   * @throws CborException for NaN and infinities
   */
  public CborWriter writeDouble(double value) {
    if (!Double.isFinite(value)) {
      throw new CborException("DAG-CBOR has no " + value);
    }
    nesting.beginItem();
    reserve(MAX_HEADER_BYTES);
    bytes[size++] = (byte) Initial.FLOAT_64;
    putLow(Double.doubleToRawLongBits(value), Long.BYTES);
    nesting.end();
    return this;
  }

  /**
   * Writes one item that was encoded before, such as a part of another block. It is not checked.
   *
   * @param item where its bytes are
   */
  public CborWriter writeEncoded(byte[] item, int offset, int length) {
    nesting.beginItem();
    reserve(length);
    System.arraycopy(item, offset, bytes, size, length);
    size += length;
    nesting.end();
    return this;
  }

  private CborWriter single(int initial) {
    nesting.beginItem();
    reserve(1);
    bytes[size++] = (byte) initial;
    nesting.end();
    return this;
  }

  private void header(int majorType, long value) {
    reserve(MAX_HEADER_BYTES);
    if (value < Initial.ONE_BYTE) {
      bytes[size++] = (byte) (majorType | value);
    } else if (value <= 0xff) {
      bytes[size++] = (byte) (majorType | Initial.ONE_BYTE);
      putLow(value, Byte.BYTES);
    } else if (value <= 0xffff) {
      bytes[size++] = (byte) (majorType | Initial.TWO_BYTES);
      putLow(value, Short.BYTES);
    } else if (value <= 0xffff_ffffL) {
      bytes[size++] = (byte) (majorType | Initial.FOUR_BYTES);
      putLow(value, Integer.BYTES);
    } else {
      bytes[size++] = (byte) (majorType | Initial.EIGHT_BYTES);
      putLow(value, Long.BYTES);
    }
  }

  private void putLow(long value, int count) {
    for (int i = count - 1; i >= 0; i--) {
      bytes[size++] = (byte) (value >>> (Byte.SIZE * i));
    }
  }

  private void reserve(int more) {
    if (more <= bytes.length - size) {
      return;
    }
    if (more > CborLimits.MAX_BYTES - size + MAX_HEADER_BYTES) {
      throw tooLarge();
    }
    bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, size + more));
  }

  private static CborException tooLarge() {
    return new CborException("an item is larger than " + CborLimits.MAX_BYTES + " bytes");
  }

  private static int requireCount(int count) {
    if (count < 0) {
      throw new CborException("a container has no " + count + " items");
    }
    return count;
  }

  private static boolean isAscii(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) >= 0x80) {
        return false;
      }
    }
    return true;
  }

  private static ByteBuffer encode(String text) {
    try {
      return StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
    } catch (CharacterCodingException e) {
      throw new CborException("a text is not Unicode", e);
    }
  }
}
