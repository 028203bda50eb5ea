package io.cairnfs.client.extent;

import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.erasure.Shard;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A block that an extent points into: one that is stored, or one that is still being filled or
 * uploaded (a {@link PendingBlock}), whose CID is not known before it is sealed. Two refs of one
 * stored block are equal.
 */
public sealed interface BlockRef permits BlockRef.Stored, BlockRef.Striped, PendingBlock {

  /** The CID; null while the block is being filled. */
  @Nullable Cid cid();

  /** Completes when the block has its write-acks; fails with the reason why it will not. */
  CompletableFuture<Cid> durable();

  /**
   * A block with its write-acks.
   *
   * @param cid its name
   */
  record Stored(Cid cid) implements BlockRef {
    @Override
    public CompletableFuture<Cid> durable() {
      return CompletableFuture.completedFuture(cid);
    }
  }

  /**
   * A block that is part of a stripe.
   *
   * @param cid its name
   * @param shard where its bytes are
   */
  record Striped(Cid cid, Shard shard) implements BlockRef {
    @Override
    public CompletableFuture<Cid> durable() {
      return CompletableFuture.completedFuture(cid);
    }
  }
}
