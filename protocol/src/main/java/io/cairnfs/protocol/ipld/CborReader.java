package io.cairnfs.protocol.ipld;

import io.cairnfs.protocol.cid.Cid;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;

/**
 * Reads one strict DAG-CBOR item piece by piece, the counterpart of {@link CborWriter}: a
 * container's header, then as many items as it says. {@link #finish} then tells that nothing is
 * missing or left. Not thread-safe.
 *
 * <p>Every method throws {@link CborException} if the bytes are not the one right encoding of an
 * item of that type, or are cut short. Nothing is allocated on the word of a length that the bytes
 * do not bear out. The reader is of no use after that.
 */
public final class CborReader {

  private final Nesting nesting = new Nesting();
  private final byte[] bytes;
  private final int end;
  private int position;

  /**
   * @param bytes not copied
   * @throws CborException if they are more than {@link CborLimits#MAX_BYTES}
   */
  public CborReader(byte[] bytes) {
    this(bytes, 0, bytes.length);
  }

  /**
   * Reads an item within other bytes, such as one whose place {@link #position} told before.
   *
   * @param bytes not copied
   * @throws CborException if the bytes from {@code from} to {@code to} are more than {@link
   *     CborLimits#MAX_BYTES}
   */
  public CborReader(byte[] bytes, int from, int to) {
    Objects.checkFromToIndex(from, to, bytes.length);
    if (to - from > CborLimits.MAX_BYTES) {
      throw new CborException(to - from + " bytes are more than an item has");
    }
    this.bytes = bytes;
    this.position = from;
    this.end = to;
  }

  /** Where in the bytes the next item starts, or, after the last, the end. */
  public int position() {
    return position;
  }

  /** The type of the next item. */
  public CborType peekType() {
    int initial = peek();
    return switch (initial & Initial.MAJOR_TYPE_MASK) {
      case Initial.UNSIGNED, Initial.NEGATIVE -> CborType.INTEGER;
      case Initial.BYTES -> CborType.BYTES;
      case Initial.TEXT -> CborType.TEXT;
      case Initial.ARRAY -> CborType.ARRAY;
      case Initial.MAP -> CborType.MAP;
      case Initial.TAG -> CborType.LINK;
      default ->
          switch (initial) {
            case Initial.FALSE, Initial.TRUE -> CborType.BOOLEAN;
            case Initial.NULL -> CborType.NULL;
            case Initial.FLOAT_64 -> CborType.FLOAT;
            default ->
                throw new CborException("DAG-CBOR has no item 0x" + Integer.toHexString(initial));
          };
    };
  }

  /** Begins a map and says how many keys with their values follow. */
  public int readMapHeader() {
    nesting.beginItem();
    int entries = readCount(Initial.MAP, 2);
    nesting.open(true, 2 * entries);
    return entries;
  }

  /** Begins an array and says how many items follow. */
  public int readArrayHeader() {
    nesting.beginItem();
    int items = readCount(Initial.ARRAY, 1);
    nesting.open(false, items);
    return items;
  }

  /**
   * Begins an array of a known length.
   *
   * @throws CborException if it has another length
   */
  public void readArrayHeader(int expectedItems) {
    int items = readArrayHeader();
    if (items != expectedItems) {
      throw new CborException(
          "an array has " + items + " items where " + expectedItems + " belong");
    }
  }

  /**
   * @throws CborException if it does not fit 64 bits with a sign
   */
  public long readLong() {
    nesting.beginItem();
    boolean negative = (peek() & Initial.MAJOR_TYPE_MASK) == Initial.NEGATIVE;
    long value = readHeader(negative ? Initial.NEGATIVE : Initial.UNSIGNED);
    if (value < 0) {
      throw new CborException("an integer does not fit 64 bits with a sign");
    }
    nesting.end();
    return negative ? ~value : value;
  }

  /**
   * Reads an integer of a range.
   *
   * @throws CborException if it is outside
   */
  public int readInt(int min, int max) {
    long value = readLong();
    if (value < min || value > max) {
      throw new CborException("an integer is " + value + ", outside " + min + " to " + max);
    }
    return (int) value;
  }

  public byte[] readBytes() {
    nesting.beginItem();
    int length = readLength(Initial.BYTES);
    byte[] value = Arrays.copyOfRange(bytes, position, position + length);
    position += length;
    nesting.end();
    return value;
  }

  /** Reads a text, or a map's key. */
  public String readText() {
    boolean key = nesting.beginText();
    int start = position;
    int length = readLength(Initial.TEXT);
    String value = decodeText(length);
    position += length;
    if (key) {
      nesting.endKey(bytes, start, position);
    }
    nesting.end();
    return value;
  }

  /**
   * Reads a map's key where only one is right.
   *
   * @throws CborException if it is another
   */
  public void readKey(String expected) {
    String key = readText();
    if (!key.equals(expected)) {
      throw new CborException("a map has the key '" + key + "' where '" + expected + "' belongs");
    }
  }

  public Cid readLink() {
    nesting.beginItem();
    if (readHeader(Initial.TAG) != Initial.LINK_TAG) {
      throw new CborException("DAG-CBOR has no tag but 42");
    }
    int length = readLength(Initial.BYTES);
    if (length == 0 || bytes[position] != Initial.LINK_PREFIX) {
      throw new CborException("a link begins with a zero byte");
    }
    ByteBuffer encoded = ByteBuffer.wrap(bytes, position + 1, length - 1);
    Cid cid = readCid(encoded);
    position += length;
    nesting.end();
    return cid;
  }

  public boolean readBoolean() {
    nesting.beginItem();
    int initial = peek();
    if (initial != Initial.TRUE && initial != Initial.FALSE) {
      throw unexpected("a boolean", initial);
    }
    position++;
    nesting.end();
    return initial == Initial.TRUE;
  }

  public void readNull() {
    nesting.beginItem();
    int initial = peek();
    if (initial != Initial.NULL) {
      throw unexpected("null", initial);
    }
    position++;
    nesting.end();
  }

  public double readDouble() {
    nesting.beginItem();
    int initial = peek();
    if (initial != Initial.FLOAT_64) {
      throw unexpected("a 64-bit float", initial);
    }
    position++;
    double value = Double.longBitsToDouble(readBigEndian(Long.BYTES));
    if (!Double.isFinite(value)) {
      throw new CborException("DAG-CBOR has no " + value);
    }
    nesting.end();
    return value;
  }

  /**
   * Passes over the next item with its contents, checking them as strictly as if they were read.
   */
  public void skip() {
    // Depth is bounded by the nesting.
    switch (peekType()) {
      case INTEGER -> skipInteger();
      case BYTES -> skipBytes();
      case TEXT -> readText();
      case LINK -> readLink();
      case BOOLEAN -> readBoolean();
      case NULL -> readNull();
      case FLOAT -> readDouble();
      case ARRAY -> skipItems(readArrayHeader());
      case MAP -> skipItems(2 * readMapHeader());
    }
  }

  /**
   * Ends the reading.
   *
   * @throws CborException if the item is not complete, or bytes are left
   */
  public void finish() {
    if (!nesting.isComplete()) {
      throw new CborException("the item is not complete");
    }
    if (position != end) {
      throw new CborException(end - position + " bytes follow the item");
    }
  }

  private void skipItems(int count) {
    for (int i = 0; i < count; i++) {
      skip();
    }
  }

  private void skipInteger() {
    nesting.beginItem();
    readHeader(peek() & Initial.MAJOR_TYPE_MASK); // may be larger than a long
    nesting.end();
  }

  private void skipBytes() {
    nesting.beginItem();
    int length = readLength(Initial.BYTES); // moves the position itself
    position += length;
    nesting.end();
  }

  private int peek() {
    if (position == end) {
      throw cutShort();
    }
    return bytes[position] & 0xff;
  }

  private int readCount(int majorType, int minBytesEach) {
    long count = readHeader(majorType);
    if (count < 0 || count > (end - position) / minBytesEach) {
      throw cutShort();
    }
    return (int) count;
  }

  private int readLength(int majorType) {
    return readCount(majorType, 1);
  }

  /** The header's value, unsigned. */
  private long readHeader(int majorType) {
    int initial = peek();
    if ((initial & Initial.MAJOR_TYPE_MASK) != majorType) {
      throw unexpected("major type " + (majorType >>> 5), initial);
    }
    position++;
    int additional = initial & Initial.ADDITIONAL_MASK;
    if (additional < Initial.ONE_BYTE) {
      return additional;
    }
    if (additional > Initial.EIGHT_BYTES) {
      throw new CborException("DAG-CBOR has no indefinite lengths");
    }
    int count = 1 << (additional - Initial.ONE_BYTE);
    long value = readBigEndian(count);
    long smallest = count == 1 ? Initial.ONE_BYTE : 1L << (Byte.SIZE * count / 2);
    if (Long.compareUnsigned(value, smallest) < 0) {
      throw new CborException("a number is not in its shortest form");
    }
    return value;
  }

  private long readBigEndian(int count) {
    if (count > end - position) {
      throw cutShort();
    }
    long value = 0;
    for (int i = 0; i < count; i++) {
      value = value << Byte.SIZE | (bytes[position++] & 0xff);
    }
    return value;
  }

  private String decodeText(int length) {
    for (int i = position; i < position + length; i++) {
      if (bytes[i] < 0) {
        return decodeUtf8(length);
      }
    }
    return new String(bytes, position, length, StandardCharsets.ISO_8859_1);
  }

  private String decodeUtf8(int length) {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes, position, length))
          .toString();
    } catch (CharacterCodingException e) {
      throw new CborException("a text is not UTF-8", e);
    }
  }

  private static Cid readCid(ByteBuffer encoded) {
    try {
      Cid cid = Cid.read(encoded);
      if (encoded.hasRemaining()) {
        throw new CborException("bytes follow the CID of a link");
      }
      return cid;
    } catch (CborException e) {
      throw e;
    } catch (IllegalArgumentException e) {
      throw new CborException("a link has no valid CID: " + e.getMessage(), e);
    }
  }

  private static CborException unexpected(String expected, int initial) {
    return new CborException(
        "0x" + Integer.toHexString(initial) + " where " + expected + " belongs");
  }

  private static CborException cutShort() {
    return new CborException("the item is cut short");
  }
}
