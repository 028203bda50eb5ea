package io.cairnfs.client.block;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Blocks could not be read or stored. */
public final class BlockException extends IOException {

  /** Why. */
  public enum Reason {
    /** Too few replicas answered in time. */
    UNAVAILABLE,
    /** Every candidate answered, and none has the block. */
    NOT_FOUND,
    /** Too few replicas have room. */
    NO_SPACE
  }

  private final Reason reason;

  public BlockException(Reason reason, String message) {
    this(reason, message, null);
  }

  public BlockException(Reason reason, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
