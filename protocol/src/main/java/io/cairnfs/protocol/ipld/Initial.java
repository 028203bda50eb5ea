package io.cairnfs.protocol.ipld;

/** The first bytes of items (RFC 8949, section 3 and appendix B), as far as DAG-CBOR uses them. */
final class Initial {

  static final int UNSIGNED = 0x00;
  static final int NEGATIVE = 0x20;
  static final int BYTES = 0x40;
  static final int TEXT = 0x60;
  static final int ARRAY = 0x80;
  static final int MAP = 0xa0;
  static final int TAG = 0xc0;

  static final int MAJOR_TYPE_MASK = 0xe0;
  static final int ADDITIONAL_MASK = 0x1f;

  /** Additional information: the value follows in one byte; smaller ones are the value itself. */
  static final int ONE_BYTE = 24;

  static final int TWO_BYTES = 25;
  static final int FOUR_BYTES = 26;
  static final int EIGHT_BYTES = 27;

  static final int FALSE = 0xf4;
  static final int TRUE = 0xf5;
  static final int NULL = 0xf6;
  static final int FLOAT_64 = 0xfb;

  /** The only tag: a link. */
  static final int LINK_TAG = 42;

  /** What stands before a link's binary CID: the multibase prefix of bare bytes. */
  static final byte LINK_PREFIX = 0;

  private Initial() {}
}
