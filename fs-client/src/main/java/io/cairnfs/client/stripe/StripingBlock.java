package io.cairnfs.client.stripe;

import io.cairnfs.client.block.BlockException;
import io.cairnfs.client.block.Stripes;
import io.cairnfs.client.extent.BlockRef;
import io.cairnfs.client.extent.PendingBlock;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.erasure.Stripe;
import org.jspecify.annotations.Nullable;

/**
 * A block that has just become part of a stripe, until the commit that says so is sent: that rests
 * on the claims of the stripe. Thread-safe.
 */
final class StripingBlock extends PendingBlock {

  private final Stripes stripes;
  private final BlockRef.Striped there;
  private final Stripe stripe;
  private final Stripe.@Nullable Made made;

  /**
   * @param made to store it again, should it be gone; null if it was there already
   * @param claimEpoch the sweep that its shards are claimed with at least
   */
  StripingBlock(
      Stripes stripes,
      BlockRef.Striped there,
      Stripe stripe,
      Stripe.@Nullable Made made,
      long claimEpoch) {
    this.stripes = stripes;
    this.there = there;
    this.stripe = stripe;
    this.made = made;
    sealedAs(there.cid());
    completeDurable(claimEpoch);
  }

  @Override
  public void push() {
    // Is stored already.
  }

  @Override
  public byte @Nullable [] bytes() {
    return null;
  }

  @Override
  public BlockRef stored() {
    return there;
  }

  @Override
  public boolean claimAgain() throws BlockException, InterruptedException {
    Cid name = there.shard().stripe();
    if (!stripes.claim(name, stripe)) {
      if (made == null) {
        throw new BlockException(
            BlockException.Reason.UNAVAILABLE, "stripe " + name + " could not be claimed again");
      }
      stripes.put(made);
    }
    return true;
  }
}
