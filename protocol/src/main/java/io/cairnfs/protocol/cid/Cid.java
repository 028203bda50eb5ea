package io.cairnfs.protocol.cid;

import io.cairnfs.protocol.identity.Key256;
import java.nio.ByteBuffer;

/**
 * A content identifier: the name of an immutable block. Immutable.
 *
 * <p>Source: the CID specification of multiformats. Versions 0 and 1 are read; 1 is made.
 */
public final class Cid {

  /** The longest binary form: a CIDv1 with the longest identity hash. */
  public static final int MAX_BYTES = 1 + 2 + 1 + 2 + Multihash.MAX_IDENTITY_BYTES;

  /** How a binary CIDv0 begins, which is a bare sha2-256 multihash. */
  private static final int V0_FIRST_BYTE = Multihash.SHA2_256;

  private static final int V0_TEXT_LENGTH = 46;
  private static final String V0_TEXT_PREFIX = "Qm";

  private final int version;
  private final Codec codec;
  private final Multihash hash;

  private Cid(int version, Codec codec, Multihash hash) {
    this.version = version;
    this.codec = codec;
    this.hash = hash;
  }

  /** The CIDv1 of some content, hashed with SHA-256. */
  public static Cid of(Codec codec, byte[] content) {
    return new Cid(1, codec, Multihash.sha256(content));
  }

  /** The CIDv1 with a known multihash. */
  public static Cid of(Codec codec, Multihash hash) {
    return new Cid(1, codec, hash);
  }

  /**
   * The CIDv1 with a SHA-256 digest that was computed elsewhere.
   *
   * @param digest 32 bytes, copied
   */
  public static Cid ofSha256(Codec codec, byte[] digest) {
    return new Cid(1, codec, Multihash.ofSha256(digest));
  }

  /**
   * Parses the text form: a CIDv0 ({@code Qm...}), or a CIDv1 in base32, base36 or base58 with its
   * multibase prefix.
   *
   * @throws IllegalArgumentException if it is not exactly one CID of a known codec and hash
   *     function
   */
  public static Cid parse(String text) {
    if (text.length() == V0_TEXT_LENGTH && text.startsWith(V0_TEXT_PREFIX)) {
      return decode(Multibase.BASE58_BTC.decode(text));
    }
    if (text.length() < 2) {
      throw new IllegalArgumentException("a CID is longer than '" + text + "'");
    }
    byte[] bytes = Multibase.ofPrefix(text.charAt(0)).decode(text.substring(1));
    if (bytes.length > 0 && bytes[0] == V0_FIRST_BYTE) {
      throw new IllegalArgumentException("a CIDv0 has no multibase prefix");
    }
    return decode(bytes);
  }

  /**
   * Decodes the binary form.
   *
   * @throws IllegalArgumentException if the bytes are not exactly one CID of a known codec and hash
   *     function
   */
  public static Cid decode(byte[] bytes) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    Cid cid = read(buffer);
    if (buffer.hasRemaining()) {
      throw new IllegalArgumentException(
          "a CID is followed by " + buffer.remaining() + " other bytes");
    }
    return cid;
  }

  /**
   * Reads a binary CID that other bytes may follow, and advances the buffer past it.
   *
   * @throws IllegalArgumentException if no CID of a known codec and hash function begins here
   */
  public static Cid read(ByteBuffer from) {
    if (from.hasRemaining() && from.get(from.position()) == V0_FIRST_BYTE) {
      return new Cid(0, Codec.DAG_PB, Multihash.read(from));
    }
    long version = Varint.read(from);
    if (version != 1) {
      throw new IllegalArgumentException("unknown CID version " + version);
    }
    Codec codec = Codec.of(Varint.read(from));
    return new Cid(1, codec, Multihash.read(from));
  }

  public int version() {
    return version;
  }

  public Codec codec() {
    return codec;
  }

  public Multihash hash() {
    return hash;
  }

  /** Whether the CID carries its content itself: such a block is neither stored nor sent. */
  public boolean isIdentity() {
    return hash.code() == Multihash.IDENTITY;
  }

  /** The same content named by version 1. */
  public Cid toV1() {
    return version == 1 ? this : new Cid(1, codec, hash);
  }

  /**
   * Where the block lives in the key space: its SHA-256 digest.
   *
   * @throws IllegalStateException for an identity CID, which has no place
   */
  public Key256 key() {
    if (isIdentity()) {
      throw new IllegalStateException("an identity CID has no key");
    }
    return hash.key();
  }

  /** Whether the content hashes to this CID. */
  public boolean matches(byte[] content) {
    return hash.matches(content);
  }

  /** Length of the binary form in bytes. */
  public int encodedLength() {
    return version == 0
        ? hash.encodedLength()
        : 1 + Varint.length(codec.code()) + hash.encodedLength();
  }

  /**
   * Writes the binary form.
   *
   * @return the offset after it
   */
  public int write(byte[] to, int offset) {
    int at = offset;
    if (version != 0) {
      to[at++] = 1;
      at = Varint.write(codec.code(), to, at);
    }
    return hash.write(to, at);
  }

  /** The binary form. */
  public byte[] toBytes() {
    byte[] bytes = new byte[encodedLength()];
    write(bytes, 0);
    return bytes;
  }

  /**
   * The text form in a base.
   *
   * @throws IllegalStateException for a CIDv0, which has one text form only
   */
  public String toString(Multibase base) {
    if (version == 0) {
      throw new IllegalStateException("a CIDv0 is written in bare base58; use toV1");
    }
    return base.prefix() + base.encode(toBytes());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Cid cid
        && version == cid.version
        && codec == cid.codec
        && hash.equals(cid.hash);
  }

  @Override
  public int hashCode() {
    return hash.hashCode();
  }

  /** The usual text form: base32 for version 1, bare base58 for version 0. */
  @Override
  public String toString() {
    return version == 0 ? Multibase.BASE58_BTC.encode(toBytes()) : toString(Multibase.BASE32_LOWER);
  }
}
