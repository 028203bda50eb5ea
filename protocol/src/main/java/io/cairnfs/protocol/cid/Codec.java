package io.cairnfs.protocol.cid;

/** The multicodecs of blocks that Cairn speaks. */
public enum Codec {
  RAW(0x55),
  DAG_PB(0x70),
  DAG_CBOR(0x71),
  LIBP2P_KEY(0x72);

  private final int code;

  Codec(int code) {
    this.code = code;
  }

  public int code() {
    return code;
  }

  /**
   * @throws IllegalArgumentException for a codec that Cairn does not speak
   */
  public static Codec of(long code) {
    for (Codec codec : values()) {
      if (codec.code == code) {
        return codec;
      }
    }
    throw new IllegalArgumentException("unknown codec 0x" + Long.toHexString(code));
  }
}
