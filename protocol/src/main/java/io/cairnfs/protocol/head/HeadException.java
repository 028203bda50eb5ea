package io.cairnfs.protocol.head;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A head refused a request, or could not be asked. */
public final class HeadException extends IOException {

  /** Why. */
  public enum Reason {
    /**
     * No voter answered in time; the request may or may not have been executed, so repeat it with
     * its number.
     */
    UNAVAILABLE,
    /** The session is dead: its lease ran out or was taken. What it had not committed is lost. */
    FENCED,
    /** Another session holds the volume; the message names it. */
    HELD,
    /** An exclusive session, named by the message, was asked to share: repeat the request soon. */
    RECALLING,
    /** No such volume. */
    UNKNOWN_VOLUME,
    /** The volume was founded already, with another record; or the snapshot's name is taken. */
    EXISTS,
    /** The fold was overtaken by another, or by a snapshot that it must end at: look again. */
    OVERTAKEN,
    /**
     * Too many deltas are unfolded, so the head takes no commits. No request number was used: fold,
     * then repeat the same request.
     */
    FOLD_FIRST,
    /** The request breaks a rule of the port: a fault of the client. */
    REFUSED
  }

  private final Reason reason;

  public HeadException(Reason reason, String message) {
    this(reason, message, null);
  }

  public HeadException(Reason reason, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
