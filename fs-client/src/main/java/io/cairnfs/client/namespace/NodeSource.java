package io.cairnfs.client.namespace;

import io.cairnfs.protocol.cid.Cid;
import org.jspecify.annotations.Nullable;

/** Where a tree finds its nodes. */
@FunctionalInterface
interface NodeSource {

  /**
   * A node, or null if it is not in memory; its reader then asks for it by {@link
   * MissingBlockException}.
   */
  @Nullable Node find(Cid cid);
}
