package io.cairnfs.node.replication;

import io.cairnfs.node.store.ListedBlock;
import io.cairnfs.node.store.StoreException;
import io.cairnfs.node.store.SurplusCopy;
import java.util.List;

/** Finds out which blocks are safe on the nodes that should hold them. */
@FunctionalInterface
interface Confirmation {

  /**
   * Offers blocks to their designated replicas.
   *
   * @param blocks that are here, and of which this node is no designated replica
   * @return those that all designated replicas have, with the claims that they were told
   */
  List<SurplusCopy> confirm(List<ListedBlock> blocks) throws StoreException, InterruptedException;
}
