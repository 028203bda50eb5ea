package io.cairnfs.protocol.block;

import io.cairnfs.protocol.cid.Cid;

/**
 * An immutable block: a CID and the bytes that it names.
 *
 * <p>Making one does not verify it; whoever takes bytes from a network or a disk does, by {@link
 * Cid#matches}. The array is shared, not copied: nobody changes it after this record was made.
 *
 * @param cid the block's name
 * @param bytes its content, at most {@link BlockLimits#MAX_ACCEPTED_BYTES}
 */
@SuppressWarnings("ArrayRecordComponent") // identity is the CID's; see equals
public record Block(Cid cid, byte[] bytes) {

  @Override
  public boolean equals(Object other) {
    return other instanceof Block block && cid.equals(block.cid);
  }

  @Override
  public int hashCode() {
    return cid.hashCode();
  }

  @Override
  public String toString() {
    return cid + " (" + bytes.length + " bytes)";
  }
}
