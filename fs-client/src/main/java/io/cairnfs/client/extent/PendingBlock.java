package io.cairnfs.client.extent;

import io.cairnfs.protocol.cid.Cid;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A block on its way out: filled by writers, then sealed (its CID is known from then on), then
 * uploaded. Its bytes stay readable here until it is durable. Thread-safe.
 *
 * <p>{@code content} makes and completes these; {@code namespace} holds them in extents and waits
 * for {@link #durable} before a commit that refers to them is sent.
 */
public abstract non-sealed class PendingBlock implements BlockRef {

  private final CompletableFuture<Cid> durable = new CompletableFuture<>();
  private volatile @Nullable Cid cid;
  private volatile long claimEpoch;

  @Override
  public final @Nullable Cid cid() {
    return cid;
  }

  @Override
  public final CompletableFuture<Cid> durable() {
    return durable;
  }

  /**
   * Makes sure that this block is on its way: seals it if it is still being filled. Returns at
   * once.
   */
  public abstract void push();

  /**
   * The block's bytes, at least those that any extent refers to; null once it is durable, when its
   * CID finds them, or when its upload has failed. The array is shared: nobody changes what extents
   * refer to.
   */
  public abstract byte @Nullable [] bytes();

  /** Says what the sealed bytes hash to. */
  protected final void sealedAs(Cid sealed) {
    cid = sealed;
  }

  /**
   * What takes its place in extents once it is durable.
   *
   * @throws IllegalStateException if it is not sealed
   */
  public BlockRef stored() {
    Cid sealed = cid;
    if (sealed == null) {
      throw new IllegalStateException("not sealed");
    }
    return new BlockRef.Stored(sealed);
  }

  /**
   * Claims it again, if that takes more than its name; ends within the current deadline.
   *
   * @return false if its name will do
   * @throws IOException if it is lost
   */
  public boolean claimAgain() throws IOException, InterruptedException {
    return false;
  }

  /** The sweep of the volume that it was claimed with, once it is durable; 0 for none. */
  public final long claimEpoch() {
    return claimEpoch;
  }

  /** It was claimed again. */
  public final void reclaimed(long epoch) {
    claimEpoch = epoch;
  }

  /**
   * Says that the write-acks are there.
   *
   * @param epoch the sweep that it is claimed with; 0 for none
   */
  protected final void completeDurable(long epoch) {
    Cid sealed = cid;
    if (sealed == null) {
      throw new IllegalStateException("not sealed");
    }
    claimEpoch = epoch;
    durable.complete(sealed);
  }

  /** Says that the upload failed for good. */
  protected final void fail(Throwable reason) {
    durable.completeExceptionally(reason);
  }
}
