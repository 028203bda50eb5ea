package io.cairnfs.node.store;

import io.cairnfs.protocol.identity.Key256;

final class MemoryBlockStoreTest extends BlockStoreContract {

  private final BlockStore store =
      new MemoryBlockStore(Key256.of(new byte[Key256.BYTES]), CAPACITY_BYTES);

  @Override
  BlockStore store() {
    return store;
  }
}
