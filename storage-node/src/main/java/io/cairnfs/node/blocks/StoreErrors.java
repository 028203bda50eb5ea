package io.cairnfs.node.blocks;

import io.cairnfs.node.store.StoreException;
import io.cairnfs.protocol.transport.WireError;
import io.cairnfs.protocol.transport.WireException;

/** Turns failures of the store into numbered errors of the wire; the only place that does. */
public final class StoreErrors {

  private StoreErrors() {}

  public static WireException toWire(StoreException e) {
    return new WireException(number(e.reason()), String.valueOf(e.getMessage()), e);
  }

  static WireError number(StoreException.Reason reason) {
    return switch (reason) {
      case NOT_FOUND -> WireError.NOT_FOUND;
      case CORRUPT -> WireError.CORRUPT;
      case WRONG_HASH -> WireError.WRONG_HASH;
      case REFUSED -> WireError.MALFORMED;
      case NO_SPACE -> WireError.NO_SPACE;
      case PINNED -> WireError.PINNED;
      case FAILED -> WireError.STORE_FAILED;
      case CLOSED -> WireError.CLOSING;
    };
  }
}
