package io.cairnfs.node.store;

import io.cairnfs.protocol.block.Claim;
import io.cairnfs.protocol.head.VolumeId;
import io.cairnfs.protocol.identity.Key256;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What holds blocks against the collection of garbage, and what becomes of those that nothing holds
 * any more. A block is garbage from the moment when its last claim or pin goes; one that never had
 * any is none, for absence deletes nothing. Whatever claims, pins or puts garbage again saves it.
 * Blocking and thread-safe; what was acknowledged is on disk.
 */
public interface BlockClaims {

  /**
   * As {@link BlockStore#have}, and claims the blocks that are present. A claim of an earlier sweep
   * than the last one that was heard of counts as made in that.
   */
  BitSet claim(List<Key256> digests, Claim claim) throws StoreException, InterruptedException;

  /** The claims of a block; none if it is not here. */
  default List<Claim> claims(Key256 digest) throws StoreException, InterruptedException {
    return claims(List.of(digest)).getFirst();
  }

  /** The claims of each of some blocks: much less work than one by one. */
  List<List<Claim>> claims(List<Key256> digests) throws StoreException, InterruptedException;

  /**
   * About {@code limit} blocks that a volume claims by sweeps before one, in the order of their
   * digests, after one of them or from the first.
   */
  ClaimPage claimed(VolumeId volume, long below, @Nullable Key256 after, int limit)
      throws StoreException, InterruptedException;

  /** Hears that a volume's head has opened a sweep. */
  void sweepOpened(VolumeId volume, long epoch) throws StoreException, InterruptedException;

  /**
   * Removes a volume's claims of sweeps before one.
   *
   * @param digests some of those that {@link #claimed} told
   * @return how many blocks are garbage by that
   */
  int release(VolumeId volume, long below, List<Key256> digests)
      throws StoreException, InterruptedException;

  /**
   * Deletes garbage, oldest first.
   *
   * @param grace what has been garbage for less stays; counted while the store is open
   * @param limit delete at most so many
   * @return how many were deleted
   */
  int collect(Duration grace, int limit) throws StoreException, InterruptedException;

  /**
   * Does some of the work that gives the space of deleted blocks back to the disk, as far as it is
   * worth it: when about half of a file is dead, what is alive in it moves.
   *
   * @return how many bytes were read or written for it; negative if there was nothing to do
   */
  long compact() throws StoreException, InterruptedException;
}
