package io.cairnfs.node.store;

import io.cairnfs.protocol.block.Block;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.identity.Key256;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The blocks of one node, by the SHA-256 of their bytes: the same bytes under different codecs are
 * stored once. Blocking and thread-safe. What it hands out was verified; what it acknowledged is on
 * disk.
 *
 * <p>Blocks are numbered as they arrive, so that another node can learn what it missed.
 */
public interface BlockStore extends BlockClaims, AutoCloseable {

  /**
   * Stores blocks, all or none; returns when they are durable. Storing a block again heals a
   * damaged one, adds a pin and raises its replication; otherwise it changes nothing.
   *
   * @return how many were not here before
   * @throws StoreException {@code WRONG_HASH}, {@code NO_SPACE}, {@code FAILED}; none of the blocks
   *     is acknowledged
   */
  int put(List<Block> blocks, PutOptions options) throws StoreException, InterruptedException;

  /**
   * Bit i is set if the i-th block is present, durable and not known to be damaged. Never reads
   * bodies.
   */
  BitSet have(List<Key256> digests) throws StoreException, InterruptedException;

  /**
   * A block's bytes, verified.
   *
   * @throws StoreException {@code NOT_FOUND}; {@code CORRUPT} for a damaged block, which is in
   *     quarantine from then on
   */
  byte[] get(Key256 digest) throws StoreException, InterruptedException;

  /**
   * A range of a block's bytes, verified, though possibly with less than the whole block.
   *
   * @param offset at least 0; from the block's end on, nothing is there
   * @param length at least 0
   * @return as many bytes as the block has in the range
   * @throws StoreException as by {@link #get(Key256)}
   */
  byte[] get(Key256 digest, int offset, int length) throws StoreException, InterruptedException;

  /** What is known about a block, damaged ones included; null if it is not here. */
  @Nullable BlockStat stat(Key256 digest) throws StoreException, InterruptedException;

  /**
   * Deletes a block.
   *
   * @return whether it was here
   * @throws StoreException {@code PINNED}
   */
  boolean delete(Key256 digest) throws StoreException, InterruptedException;

  /**
   * Pins a block under a CID; a second time is fine.
   *
   * @throws StoreException {@code NOT_FOUND} if the block is not here
   */
  void pin(Cid cid) throws StoreException, InterruptedException;

  /** Removes a pin, if it is there. */
  void unpin(Cid cid) throws StoreException, InterruptedException;

  /** Up to {@code limit} pins in the store's order, after one of them or from the first. */
  List<Cid> pins(@Nullable Cid after, int limit) throws StoreException, InterruptedException;

  /** Up to {@code limit} damaged blocks. */
  List<Key256> quarantined(int limit) throws StoreException, InterruptedException;

  /**
   * Reads blocks again from the disk, in the order of their digests, and puts those that are
   * damaged into quarantine, as a reader would who met them. What others have in caches stays
   * there, as far as the system allows that.
   *
   * @param after where to go on; null for the first
   * @param maxBlocks at most so many
   * @param maxBytes no more once they have so many bytes
   */
  ScrubPage scrub(@Nullable Key256 after, int maxBlocks, long maxBytes)
      throws StoreException, InterruptedException;

  /** Up to {@code limit} blocks in the order of their digests, from one on, inclusive. */
  List<ListedBlock> list(Key256 from, int limit) throws StoreException, InterruptedException;

  /**
   * Deletes copies that are enough on other nodes. One that is pinned stays, and so does one that
   * is held by anything but what was told.
   *
   * @return how many were deleted
   */
  int drop(List<SurplusCopy> copies) throws StoreException, InterruptedException;

  /** Tells somebody, besides those who were told before, of every change from now on. */
  void onChange(ChangeListener listener);

  /** Names the arrival log: another epoch means that sequence numbers seen before mean nothing. */
  Key256 epoch();

  /** The last durable arrival's sequence; 0 if nothing arrived yet. */
  long lastArrival();

  /**
   * Up to {@code limit} durable arrivals after a sequence, oldest first, of blocks that are still
   * here.
   */
  ArrivalPage arrivals(long after, int limit) throws StoreException, InterruptedException;

  /** A small durable value that a background worker keeps here; null if it was never kept. */
  byte @Nullable [] note(String name) throws StoreException, InterruptedException;

  /** Keeps a small value under a name, durably. */
  void keepNote(String name, byte[] value) throws StoreException, InterruptedException;

  StoreFigures figures();

  /** Waits for what is under way, then closes. */
  @Override
  void close();
}
