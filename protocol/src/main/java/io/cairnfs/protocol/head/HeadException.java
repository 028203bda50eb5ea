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
    /** This voter does not lead; the message is the id of the one that does, or empty. */
    NOT_LEADER,
    /**
     * The volume is hosted elsewhere: {@link Moved#read} tells from the message where. The message
     * is empty while it is on its way; repeat the request soon.
     */
    MOVED,
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
    /**
     * The fold was overtaken by another, or by a snapshot that it must end at, or the quota by
     * another: look again.
     */
    OVERTAKEN,
    /**
     * Too many deltas are unfolded, so the head takes no commits. No request number was used: fold,
     * then repeat the same request.
     */
    FOLD_FIRST,
    /**
     * Blocks that the request refers to were claimed too long ago, so that a sweep may let them go.
     * No request number was used: claim them again, then repeat the same request.
     */
    STALE_CLAIMS,
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
