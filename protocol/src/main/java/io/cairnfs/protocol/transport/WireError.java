package io.cairnfs.protocol.transport;

/** Failures that cross the wire, by number. Numbers are reserved when retired, never reused. */
public enum WireError {
  /** A fault of the answering side; its log says more. */
  INTERNAL(1, true),
  /** The message, its bodies or its values are not well formed. */
  MALFORMED(2, false),
  /** No such method here: another version, or a role that is off. */
  UNKNOWN_METHOD(3, false),
  /** The versions of both sides do not meet. */
  VERSION(4, false),
  /** The identity is not admitted to this cluster. */
  NOT_ADMITTED(5, false),
  /** A limit of {@code Limits} was exceeded. */
  TOO_LARGE(6, false),
  /** The queue is full; try again later. */
  BUSY(7, true),
  /** The deadline passed before an answer. */
  TIMEOUT(8, true),
  /** The peer could not be reached, or the connection broke before the answer. */
  UNREACHABLE(9, true),
  /** The identity that answered is not the one that was called. */
  WRONG_IDENTITY(10, false),
  /** The node is shutting down. */
  CLOSING(11, true),

  /** A body does not hash to its CID. */
  WRONG_HASH(20, false),
  /** The block is not here. */
  NOT_FOUND(21, false),
  /** No space is left for blocks. */
  NO_SPACE(22, true),
  /** The stored block is damaged; it was quarantined. */
  CORRUPT(23, false),
  /** The disk failed. */
  STORE_FAILED(24, true),
  /** The block is pinned and stays. */
  PINNED(25, false),
  /** The block has fewer bytes than the range. */
  BAD_RANGE(26, false),

  /** The node does not host this volume. */
  UNKNOWN_VOLUME(40, false),
  /** The session is not, or no longer, a session of this volume. */
  FENCED(41, false),
  /** Another session holds the volume; the detail names it. */
  HELD(42, false),
  /** The request breaks a rule of the head, such as a gap in request numbers. */
  REFUSED(43, false),
  /** The fold was overtaken by another. */
  OVERTAKEN(44, false),
  /** The volume exists already, founded with another record. */
  EXISTS(45, false),
  /** Too much is unfolded to take commits: fold, then repeat. */
  FOLD_FIRST(46, false),
  /** An exclusive session was asked to share: repeat the request soon. */
  RECALLING(47, false),
  /** Another voter leads; the detail is its id, or empty while none is known. */
  NOT_LEADER(48, true),
  /** Blocks that the request refers to were claimed too long ago: claim them again, then repeat. */
  STALE_CLAIMS(49, false),
  /** The volume is hosted elsewhere: the detail is its record, or empty while it is on its way. */
  MOVED(50, true);

  private final int number;
  private final boolean transientFailure;

  WireError(int number, boolean transientFailure) {
    this.number = number;
    this.transientFailure = transientFailure;
  }

  public int number() {
    return number;
  }

  /** Whether the same request may succeed later, or at another peer, unchanged. */
  public boolean isTransient() {
    return transientFailure;
  }

  /** The error with a number; {@link #INTERNAL} for one that this version does not know. */
  public static WireError of(int number) {
    for (WireError error : values()) {
      if (error.number == number) {
        return error;
      }
    }
    return INTERNAL;
  }
}
