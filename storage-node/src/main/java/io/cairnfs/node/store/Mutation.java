package io.cairnfs.node.store;

import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.identity.Key256;
import java.util.List;

/** A change of the store, executed by its one writer. */
sealed interface Mutation {

  /** Bytes of bodies that it carries. */
  default long bodyBytes() {
    return 0;
  }

  /** Stores blocks whose bytes were verified; results in the number of new ones. */
  record Put(List<PreparedBlock> blocks, PutOptions options, long bodyBytes) implements Mutation {}

  /** Results in 1 if the block was here. */
  record Delete(Key256 digest) implements Mutation {}

  record Pin(Cid cid) implements Mutation {}

  record Unpin(Cid cid) implements Mutation {}

  /**
   * Marks a body as damaged.
   *
   * @param seen what the index said when that was found
   */
  record Quarantine(Key256 digest, IndexEntry seen) implements Mutation {}

  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Note(String name, byte[] value) implements Mutation {}
}
