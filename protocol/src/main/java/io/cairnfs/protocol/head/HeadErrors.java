package io.cairnfs.protocol.head;

import io.cairnfs.protocol.head.HeadException.Reason;
import io.cairnfs.protocol.transport.WireError;
import io.cairnfs.protocol.transport.WireException;

/** What a head's refusals are on the wire, and what the wire's failures mean to a head's client. */
public final class HeadErrors {

  private HeadErrors() {}

  public static WireException toWire(HeadException e) {
    WireError error =
        switch (e.reason()) {
          case UNAVAILABLE -> WireError.TIMEOUT;
          case NOT_LEADER -> WireError.NOT_LEADER;
          case MOVED -> WireError.MOVED;
          case FENCED -> WireError.FENCED;
          case HELD -> WireError.HELD;
          case RECALLING -> WireError.RECALLING;
          case UNKNOWN_VOLUME -> WireError.UNKNOWN_VOLUME;
          case EXISTS -> WireError.EXISTS;
          case OVERTAKEN -> WireError.OVERTAKEN;
          case FOLD_FIRST -> WireError.FOLD_FIRST;
          case STALE_CLAIMS -> WireError.STALE_CLAIMS;
          case REFUSED -> WireError.REFUSED;
        };
    return new WireException(error, String.valueOf(e.getMessage()), e);
  }

  public static HeadException fromWire(WireException e) {
    Reason reason =
        switch (e.error()) {
          case NOT_LEADER -> Reason.NOT_LEADER;
          case MOVED -> Reason.MOVED;
          case FENCED -> Reason.FENCED;
          case HELD -> Reason.HELD;
          case RECALLING -> Reason.RECALLING;
          case UNKNOWN_VOLUME -> Reason.UNKNOWN_VOLUME;
          case EXISTS -> Reason.EXISTS;
          case OVERTAKEN -> Reason.OVERTAKEN;
          case FOLD_FIRST -> Reason.FOLD_FIRST;
          case STALE_CLAIMS -> Reason.STALE_CLAIMS;
          case INTERNAL, BUSY, TIMEOUT, UNREACHABLE, CLOSING, NO_SPACE, STORE_FAILED ->
              Reason.UNAVAILABLE;
          case REFUSED,
              MALFORMED,
              UNKNOWN_METHOD,
              VERSION,
              NOT_ADMITTED,
              TOO_LARGE,
              WRONG_IDENTITY,
              WRONG_HASH,
              NOT_FOUND,
              CORRUPT,
              PINNED,
              BAD_RANGE ->
              Reason.REFUSED;
        };
    return new HeadException(reason, e.detail(), e);
  }
}
