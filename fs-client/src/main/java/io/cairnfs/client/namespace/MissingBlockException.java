package io.cairnfs.client.namespace;

import io.cairnfs.protocol.cid.Cid;
import java.util.List;

/**
 * Tree blocks are not in memory. Control flow between views and {@link Namespace}; carries no stack
 * trace.
 */
final class MissingBlockException extends RuntimeException {

  private final transient List<Cid> cids;

  /**
   * @param cids first the block that is needed, then others that probably will be
   */
  MissingBlockException(List<Cid> cids) {
    super(null, null, false, false);
    this.cids = cids;
  }

  List<Cid> cids() {
    return cids;
  }
}
