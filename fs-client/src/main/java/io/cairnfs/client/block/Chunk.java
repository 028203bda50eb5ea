package io.cairnfs.client.block;

import io.cairnfs.protocol.cid.Cid;

/**
 * A part of a block that has a name of its own, by which it is verified, whoever sends it.
 *
 * @param cid of the part's bytes
 * @param block where they are
 * @param offset in the block, in bytes
 * @param length in bytes
 */
public record Chunk(Cid cid, Cid block, int offset, int length) {}
