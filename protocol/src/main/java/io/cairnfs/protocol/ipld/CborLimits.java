package io.cairnfs.protocol.ipld;

import io.cairnfs.protocol.block.BlockLimits;

/** Bounds on DAG-CBOR items. */
public final class CborLimits {

  /** Containers within containers: enough for any of Cairn's formats, and skipping stays cheap. */
  public static final int MAX_DEPTH = 64;

  /** An item fits a block. */
  public static final int MAX_BYTES = BlockLimits.MAX_ACCEPTED_BYTES;

  private CborLimits() {}
}
