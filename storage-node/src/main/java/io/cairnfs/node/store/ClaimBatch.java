package io.cairnfs.node.store;

import io.cairnfs.node.rocks.RocksDatabase;
import io.cairnfs.protocol.block.Claim;
import io.cairnfs.protocol.head.VolumeId;
import io.cairnfs.protocol.identity.Key256;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/**
 * Changes of claims that are written together with a batch of the index, each seeing the ones
 * before it. Confined to one thread.
 */
final class ClaimBatch {

  private final RocksDatabase database;
  private final WriteBatch batch;
  private final Map<VolumeId, Long> sweeps;
  private final Map<Key256, Map<VolumeId, Long>> claims = new HashMap<>();

  /**
   * @param sweeps the last sweep of each volume that was heard of; changed by {@link #opened}
   */
  ClaimBatch(RocksDatabase database, WriteBatch batch, Map<VolumeId, Long> sweeps) {
    this.database = database;
    this.batch = batch;
    this.sweeps = sweeps;
  }

  /** The sweep is open: claims that are made from here on count as made in it. */
  void opened(VolumeId volume, long epoch) throws RocksDBException {
    if (epoch > sweeps.getOrDefault(volume, 0L)) {
      sweeps.put(volume, epoch);
      batch.put(
          database.handle(Columns.MARKS), Columns.volumeKey(volume), Columns.longValue(epoch));
    }
  }

  /** A block was not here before: it has no claims, and they need not be looked for. */
  void fresh(Key256 digest) {
    claims.put(digest, new HashMap<>());
  }

  /** The claims of a block; a view that changes with them. */
  Map<VolumeId, Long> of(Key256 digest) throws RocksDBException {
    Map<VolumeId, Long> known = claims.get(digest);
    if (known == null) {
      known = ClaimScan.of(database, digest);
      claims.put(digest, known);
    }
    return known;
  }

  /** A claim as it is kept: one that was made late still counts for the sweep that is open. */
  Claim current(Claim claim) {
    return new Claim(
        claim.volume(), Math.max(claim.epoch(), sweeps.getOrDefault(claim.volume(), 0L)));
  }

  /**
   * Adds a claim to a block, or raises the one that the volume has.
   *
   * @return whether that changed anything
   */
  boolean raise(Key256 digest, Claim claim) throws RocksDBException {
    Map<VolumeId, Long> known = of(digest);
    Claim kept = current(claim);
    if (known.getOrDefault(kept.volume(), 0L) >= kept.epoch()) {
      return false;
    }
    known.put(kept.volume(), kept.epoch());
    batch.put(
        database.handle(Columns.CLAIMS),
        Columns.claimKey(digest, kept.volume()),
        Columns.longValue(kept.epoch()));
    return true;
  }

  /**
   * Removes a volume's claim from a block if it is of an earlier sweep.
   *
   * @return whether there was one
   */
  boolean release(Key256 digest, VolumeId volume, long below) throws RocksDBException {
    Long epoch = of(digest).get(volume);
    if (epoch == null || epoch >= below) {
      return false;
    }
    of(digest).remove(volume);
    batch.delete(database.handle(Columns.CLAIMS), Columns.claimKey(digest, volume));
    return true;
  }

  /** Removes all claims of a block that is removed. */
  void releaseAll(Key256 digest) throws RocksDBException {
    for (Iterator<VolumeId> volumes = of(digest).keySet().iterator(); volumes.hasNext(); ) {
      batch.delete(database.handle(Columns.CLAIMS), Columns.claimKey(digest, volumes.next()));
      volumes.remove();
    }
  }
}
