package io.cairnfs.node.store;

import io.cairnfs.protocol.identity.Key256;
import java.util.Collection;

/** Hears which blocks have changed: came, went, or became damaged or garbage, or ceased to be. */
@FunctionalInterface
public interface ChangeListener {

  /**
   * Called on the store's writing thread as soon as readers see the changes: returns at once, and
   * does not call the store.
   */
  void changed(Collection<Key256> digests);
}
