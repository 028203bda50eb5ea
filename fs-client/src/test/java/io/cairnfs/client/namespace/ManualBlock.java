package io.cairnfs.client.namespace;

import io.cairnfs.client.extent.PendingBlock;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.cid.Codec;
import org.jspecify.annotations.Nullable;

/** A block that is sealed from the start and becomes durable when the test says so. */
final class ManualBlock extends PendingBlock {

  private final byte[] bytes;
  private volatile boolean pushed;

  ManualBlock(byte[] bytes) {
    this.bytes = bytes;
    sealedAs(Cid.of(Codec.RAW, bytes));
  }

  @Override
  public void push() {
    pushed = true;
  }

  boolean isPushed() {
    return pushed;
  }

  void makeDurable() {
    completeDurable(0);
  }

  void makeFail(Throwable reason) {
    fail(reason);
  }

  @Override
  public byte @Nullable [] bytes() {
    return durable().isDone() ? null : bytes;
  }
}
