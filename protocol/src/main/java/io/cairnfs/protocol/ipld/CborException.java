package io.cairnfs.protocol.ipld;

/** Bytes that are not strict DAG-CBOR, or not the item that the reader expects. */
public final class CborException extends IllegalArgumentException {

  public CborException(String message) {
    super(message);
  }

  public CborException(String message, Throwable cause) {
    super(message, cause);
  }
}
