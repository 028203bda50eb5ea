package io.cairnfs.dht.record;

/** A record is malformed, exceeds a limit, or was not signed by the node that it speaks of. */
public final class InvalidRecordException extends Exception {

  public InvalidRecordException(String message) {
    super(message);
  }

  public InvalidRecordException(String message, Throwable cause) {
    super(message, cause);
  }
}
