package io.cairnfs.client.namespace;

import io.cairnfs.protocol.cid.Cid;

/**
 * A tree block is not in memory. Control flow between views and {@link Namespace}; carries no stack
 * trace.
 */
final class MissingBlockException extends RuntimeException {

  private final transient Cid cid;

  MissingBlockException(Cid cid) {
    super(null, null, false, false);
    this.cid = cid;
  }

  Cid cid() {
    return cid;
  }
}
