package io.cairnfs.protocol.cid;

import java.util.Arrays;

/**
 * Text forms of bytes, by the multibase specification: a prefix character tells the base. Decoding
 * is strict: lower case only, no padding, no stray bits.
 */
public enum Multibase {
  BASE32_LOWER('b', "abcdefghijklmnopqrstuvwxyz234567"),
  BASE36_LOWER('k', "0123456789abcdefghijklmnopqrstuvwxyz"),
  BASE58_BTC('z', "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz");

  /**
   * Longest text that is decoded. Bases that are not powers of two cost quadratic time, and the
   * longest identity CID takes fewer than 250 characters.
   */
  public static final int MAX_TEXT_LENGTH = 512;

  private static final int BASE32_BITS = 5;

  private final char prefix;
  private final String alphabet;

  @SuppressWarnings("ImmutableEnumChecker") // filled once, by the constructor
  private final byte[] digitOf = new byte[128];

  Multibase(char prefix, String alphabet) {
    this.prefix = prefix;
    this.alphabet = alphabet;
    Arrays.fill(digitOf, (byte) -1);
    for (int i = 0; i < alphabet.length(); i++) {
      digitOf[alphabet.charAt(i)] = (byte) i;
    }
  }

  /**
   * The base that a prefix stands for.
   *
   * @throws IllegalArgumentException for a base that Cairn does not read
   */
  public static Multibase ofPrefix(char prefix) {
    for (Multibase base : values()) {
      if (base.prefix == prefix) {
        return base;
      }
    }
    throw new IllegalArgumentException(
        "unknown multibase prefix '" + prefix + "' (b, k and z are known)");
  }

  public char prefix() {
    return prefix;
  }

  /** The digits, without the prefix. */
  public String encode(byte[] bytes) {
    return this == BASE32_LOWER ? encodeBits(bytes) : encodeNumber(bytes);
  }

  /**
   * Decodes digits that follow a prefix.
   *
   * @throws IllegalArgumentException if they are not digits of this base, or too many
   */
  public byte[] decode(String digits) {
    if (digits.length() > MAX_TEXT_LENGTH) {
      throw new IllegalArgumentException(
          "a text of " + digits.length() + " characters is too long for a CID");
    }
    return this == BASE32_LOWER ? decodeBits(digits) : decodeNumber(digits);
  }

  private int digit(char c) {
    int digit = c < digitOf.length ? digitOf[c] : -1;
    if (digit < 0) {
      throw new IllegalArgumentException("'" + c + "' is no digit of base " + alphabet.length());
    }
    return digit;
  }

  private String encodeBits(byte[] bytes) {
    StringBuilder text =
        new StringBuilder((bytes.length * Byte.SIZE + BASE32_BITS - 1) / BASE32_BITS);
    int pending = 0;
    int bits = 0;
    for (byte b : bytes) {
      pending = pending << Byte.SIZE | (b & 0xff);
      bits += Byte.SIZE;
      while (bits >= BASE32_BITS) {
        bits -= BASE32_BITS;
        text.append(alphabet.charAt(pending >>> bits & 31));
      }
    }
    if (bits > 0) {
      text.append(alphabet.charAt(pending << (BASE32_BITS - bits) & 31));
    }
    return text.toString();
  }

  private byte[] decodeBits(String digits) {
    byte[] bytes = new byte[digits.length() * BASE32_BITS / Byte.SIZE];
    int pending = 0;
    int bits = 0;
    int at = 0;
    for (int i = 0; i < digits.length(); i++) {
      pending = pending << BASE32_BITS | digit(digits.charAt(i));
      bits += BASE32_BITS;
      if (bits >= Byte.SIZE) {
        bits -= Byte.SIZE;
        bytes[at++] = (byte) (pending >>> bits);
      }
    }
    if (bits >= BASE32_BITS || (pending & ((1 << bits) - 1)) != 0) {
      throw new IllegalArgumentException("a base32 text ends in stray bits");
    }
    return bytes;
  }

  private String encodeNumber(byte[] bytes) {
    int base = alphabet.length();
    int[] digits = new int[bytes.length * 2];
    int used = 0;
    int zeros = 0;
    while (zeros < bytes.length && bytes[zeros] == 0) {
      zeros++;
    }
    for (int i = zeros; i < bytes.length; i++) {
      int carry = bytes[i] & 0xff;
      for (int j = 0; j < used; j++) {
        carry += digits[j] << Byte.SIZE;
        digits[j] = carry % base;
        carry /= base;
      }
      while (carry > 0) {
        digits[used++] = carry % base;
        carry /= base;
      }
    }
    StringBuilder text = new StringBuilder(zeros + used).repeat(alphabet.charAt(0), zeros);
    for (int i = used - 1; i >= 0; i--) {
      text.append(alphabet.charAt(digits[i]));
    }
    return text.toString();
  }

  private byte[] decodeNumber(String digits) {
    int zeros = 0;
    while (zeros < digits.length() && digits.charAt(zeros) == alphabet.charAt(0)) {
      zeros++;
    }
    int[] number = new int[digits.length()]; // bytes, least significant first
    int used = 0;
    for (int i = zeros; i < digits.length(); i++) {
      int carry = digit(digits.charAt(i));
      for (int j = 0; j < used; j++) {
        carry += number[j] * alphabet.length();
        number[j] = carry & 0xff;
        carry >>>= Byte.SIZE;
      }
      while (carry > 0) {
        number[used++] = carry & 0xff;
        carry >>>= Byte.SIZE;
      }
    }
    byte[] bytes = new byte[zeros + used];
    for (int i = 0; i < used; i++) {
      bytes[bytes.length - 1 - i] = (byte) number[i];
    }
    return bytes;
  }
}
