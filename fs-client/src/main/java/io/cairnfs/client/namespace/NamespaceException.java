package io.cairnfs.client.namespace;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The namespace cannot be read or changed. */
public final class NamespaceException extends IOException {

  /** Why. */
  public enum Reason {
    /** Nodes or the head did not answer in time. */
    UNAVAILABLE,
    /**
     * The session is dead; what it had not committed is lost. Everything open fails from here on.
     */
    FENCED,
    /** The nodes have no room. */
    NO_SPACE,
    /** A quota of the volume is used up. */
    OVER_QUOTA,
    /** There are too many locks. */
    NO_LOCKS,
    /**
     * The tree is damaged: a block that is missing everywhere, or that decodes to nothing sensible.
     */
    DAMAGED
  }

  private final Reason reason;

  public NamespaceException(Reason reason, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
