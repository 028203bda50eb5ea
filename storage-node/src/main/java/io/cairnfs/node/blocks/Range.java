package io.cairnfs.node.blocks;

import io.cairnfs.protocol.block.BlockLimits;
import io.cairnfs.protocol.block.message.BlockRange;
import io.cairnfs.protocol.identity.Key256;
import io.cairnfs.protocol.transport.WireError;
import io.cairnfs.protocol.transport.WireException;

/**
 * A part of a block.
 *
 * @param block its digest
 * @param offset in bytes, at least 0
 * @param length in bytes, at least 1
 */
record Range(Key256 block, int offset, int length) {

  /**
   * @throws WireException {@code MALFORMED} if no block could have it
   */
  static Range parse(BlockRange range) throws WireException {
    int offset = range.getOffset();
    int length = range.getLength();
    if (offset < 0 || length <= 0 || offset > BlockLimits.MAX_ACCEPTED_BYTES - length) {
      throw new WireException(
          WireError.MALFORMED,
          Integer.toUnsignedString(length)
              + " bytes from "
              + Integer.toUnsignedString(offset)
              + " of a block");
    }
    return new Range(RequestCids.parse(range.getCid()).key(), offset, length);
  }
}
