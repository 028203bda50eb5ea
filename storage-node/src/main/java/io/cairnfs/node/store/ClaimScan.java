package io.cairnfs.node.store;

import io.cairnfs.node.rocks.RocksDatabase;
import io.cairnfs.protocol.block.Claim;
import io.cairnfs.protocol.head.VolumeId;
import io.cairnfs.protocol.identity.Key256;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;

/** Reads ranges of the columns of claims and of garbage. */
final class ClaimScan {

  /** Rows of other volumes that a page passes over for each row that it may have. */
  private static final int PATIENCE = 8;

  private ClaimScan() {}

  /** The epochs of the claims that a block has, by volume; the map is the caller's. */
  static Map<VolumeId, Long> of(RocksDatabase database, Key256 digest) throws RocksDBException {
    return of(database, List.of(digest)).getFirst();
  }

  /** The same of each of some blocks, with one iterator. */
  static List<Map<VolumeId, Long>> of(RocksDatabase database, List<Key256> digests)
      throws RocksDBException {
    List<Map<VolumeId, Long>> all = new ArrayList<>(digests.size());
    try (RocksIterator iterator = database.db().newIterator(database.handle(Columns.CLAIMS))) {
      for (Key256 digest : digests) {
        Map<VolumeId, Long> claims = new HashMap<>();
        byte[] prefix = digest.toBytes();
        for (iterator.seek(prefix);
            iterator.isValid() && Columns.hasPrefix(iterator.key(), prefix);
            iterator.next()) {
          claims.put(Columns.claimingVolume(iterator.key()), Columns.longValue(iterator.value()));
        }
        all.add(claims);
      }
      iterator.status();
    }
    return all;
  }

  /** Claims out of their epochs by volume. */
  static List<Claim> claims(Map<VolumeId, Long> epochs) {
    return epochs.entrySet().stream()
        .map(claim -> new Claim(claim.getKey(), claim.getValue()))
        .toList();
  }

  /** Claims by volume, as {@link #of} gives them. */
  static Map<VolumeId, Long> epochs(Collection<Claim> claims) {
    Map<VolumeId, Long> epochs = new HashMap<>();
    claims.forEach(claim -> epochs.merge(claim.volume(), claim.epoch(), Math::max));
    return epochs;
  }

  /** The epoch of a volume's claim on a block; 0 if there is none. */
  static long epoch(RocksDatabase database, Key256 digest, VolumeId volume)
      throws RocksDBException {
    byte[] epoch =
        database.db().get(database.handle(Columns.CLAIMS), Columns.claimKey(digest, volume));
    return epoch == null ? 0 : Columns.longValue(epoch);
  }

  /** Some blocks that a volume claims by sweeps before one, in the order of their digests. */
  static ClaimPage page(
      RocksDatabase database, VolumeId volume, long below, @Nullable Key256 after, int limit)
      throws RocksDBException {
    List<ClaimPage.Claimed> found = new ArrayList<>();
    Key256 at = after;
    try (RocksIterator iterator = database.db().newIterator(database.handle(Columns.CLAIMS))) {
      seekAfter(iterator, after);
      for (int seen = 0; iterator.isValid(); iterator.next(), seen++) {
        byte[] key = iterator.key();
        Key256 digest = Columns.claimedDigest(key);
        // A page ends between blocks.
        if (at != null
            && !digest.equals(at)
            && (found.size() >= limit || seen >= PATIENCE * limit)) {
          return new ClaimPage(found, at);
        }
        at = digest;
        long epoch = Columns.longValue(iterator.value());
        if (epoch < below && Columns.claimingVolume(key).equals(volume)) {
          found.add(new ClaimPage.Claimed(digest, sizeOf(database, digest), epoch));
        }
      }
      iterator.status();
    }
    return new ClaimPage(found, null);
  }

  private static int sizeOf(RocksDatabase database, Key256 digest) throws RocksDBException {
    byte[] entry = database.db().get(database.handle(Columns.INDEX), digest.toBytes());
    return entry == null ? 0 : IndexEntry.decode(entry).sizeBytes();
  }

  private static void seekAfter(RocksIterator iterator, @Nullable Key256 after) {
    if (after == null) {
      iterator.seekToFirst();
      return;
    }
    byte[] prefix = after.toBytes();
    for (iterator.seek(prefix);
        iterator.isValid() && Columns.hasPrefix(iterator.key(), prefix);
        iterator.next()) {
      // The claims of that block.
    }
  }

  /** Up to {@code limit} keys of garbage that is garbage since a time or longer, oldest first. */
  static List<byte[]> garbage(RocksDatabase database, long throughMillis, int limit)
      throws RocksDBException {
    List<byte[]> keys = new ArrayList<>();
    try (RocksIterator iterator = database.db().newIterator(database.handle(Columns.GARBAGE))) {
      for (iterator.seekToFirst();
          keys.size() < limit
              && iterator.isValid()
              && Columns.garbageSince(iterator.key()) <= throughMillis;
          iterator.next()) {
        keys.add(iterator.key());
      }
      iterator.status();
    }
    return keys;
  }

  /** The last sweep of each volume that was heard of; the map is the caller's. */
  static Map<VolumeId, Long> sweeps(RocksDatabase database) throws RocksDBException {
    Map<VolumeId, Long> sweeps = new HashMap<>();
    byte[] prefix = Columns.volumePrefix();
    try (RocksIterator iterator = database.db().newIterator(database.handle(Columns.MARKS))) {
      for (iterator.seek(prefix);
          iterator.isValid() && Columns.hasPrefix(iterator.key(), prefix);
          iterator.next()) {
        sweeps.put(Columns.volume(iterator.key()), Columns.longValue(iterator.value()));
      }
      iterator.status();
    }
    return sweeps;
  }
}
