package io.cairnfs.client.block;

import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.erasure.Shard;
import org.jspecify.annotations.Nullable;

/**
 * A part of a block that has a name of its own, by which it is verified, whoever sends it.
 *
 * @param cid of the part's bytes
 * @param block where they are
 * @param offset in the block, in bytes
 * @param length in bytes
 * @param shard if the block is one; else null
 */
public record Chunk(Cid cid, Cid block, int offset, int length, @Nullable Shard shard) {

  /** A part of a block that is replicated. */
  public Chunk(Cid cid, Cid block, int offset, int length) {
    this(cid, block, offset, length, null);
  }

  /** A part of a block that is part of a stripe. */
  public static Chunk of(Cid cid, int offset, int length, Shard shard) {
    return new Chunk(cid, shard.cid(), offset, length, shard);
  }

  /** All of a block that is part of a stripe. */
  public static Chunk whole(Cid block, Shard shard) {
    return of(block, 0, shard.length(), shard);
  }

  /** A shard with its seal. */
  public static Chunk sealed(Shard shard) {
    return of(shard.cid(), 0, shard.sealedLength(), shard);
  }
}
