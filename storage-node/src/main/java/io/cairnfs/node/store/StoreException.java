package io.cairnfs.node.store;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A store could not do what was asked. */
public final class StoreException extends IOException {

  /** Why. */
  public enum Reason {
    /** The block is not here. */
    NOT_FOUND,
    /** The block's body is damaged, and in quarantine. */
    CORRUPT,
    /** Bytes do not hash to the CID that came with them. */
    WRONG_HASH,
    /** Too large, or named by a hash that is not SHA-256. */
    REFUSED,
    /** The disk, or what the node may use of it, is full. */
    NO_SPACE,
    /** The block is pinned and stays. */
    PINNED,
    /** The disk or the database failed. */
    FAILED,
    /** The store is closed. */
    CLOSED
  }

  private final Reason reason;

  public StoreException(Reason reason, String message) {
    this(reason, message, null);
  }

  public StoreException(Reason reason, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  /** The same failure, for the caller on another thread. */
  StoreException again() {
    return new StoreException(reason, String.valueOf(getMessage()), this);
  }

  public Reason reason() {
    return reason;
  }
}
