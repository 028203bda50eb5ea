package io.cairnfs.node.store;

import io.cairnfs.node.store.segment.Place;
import io.cairnfs.protocol.block.Claim;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.head.VolumeId;
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

  /** Claims blocks; results in the number of those that are present. */
  record Claiming(List<Key256> digests, Claim claim) implements Mutation {}

  record SweepOpened(VolumeId volume, long epoch) implements Mutation {}

  /** Results in the number of blocks that are garbage by that. */
  record Release(VolumeId volume, long below, List<Key256> digests) implements Mutation {}

  /**
   * Looks for the segment of which the least is alive, and appends no more to it; results in its
   * number, 0 if none is sparse.
   */
  record FindSparse() implements Mutation {}

  /** Gives bodies new places in the segments; results in the number of those that moved. */
  record Move(List<Moving> bodies, long bodyBytes) implements Mutation {

    /** A body, and where it is; it stays there if the index says otherwise by now. */
    record Moving(PreparedBlock prepared, Place from) {}
  }

  /** Notes that so many dead bytes of bodies were removed from the database. */
  record BodiesCompacted(long bytes) implements Mutation {}

  /** Deletes those copies that nothing else holds; results in their number. */
  record Drop(List<SurplusCopy> copies) implements Mutation {}

  /** Deletes garbage; results in the number of blocks. */
  record Collect(long throughMillis, int limit) implements Mutation {}

  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Note(String name, byte[] value) implements Mutation {}
}
