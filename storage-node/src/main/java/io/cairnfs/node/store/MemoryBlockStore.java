package io.cairnfs.node.store;

import io.cairnfs.node.store.StoreException.Reason;
import io.cairnfs.protocol.block.Block;
import io.cairnfs.protocol.block.BlockLimits;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.identity.Key256;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The in-memory twin of the block store, for tests and simulation. Thread-safe. */
public final class MemoryBlockStore implements BlockStore {

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Stored(byte[] body, IndexEntry entry) {}

  private final Key256 epoch;
  private final long capacityBytes;
  private final Map<Key256, Stored> blocks = new HashMap<>();
  private final NavigableMap<Long, Key256> arrivals = new TreeMap<>();
  private final NavigableMap<String, Cid> pins = new TreeMap<>();
  private final Map<String, byte[]> notes = new HashMap<>();
  private long lastArrival;
  private long bytes;
  private boolean closed;

  public MemoryBlockStore(Key256 epoch, long capacityBytes) {
    this.epoch = epoch;
    this.capacityBytes = capacityBytes;
  }

  @Override
  public synchronized int put(List<Block> given, PutOptions options) throws StoreException {
    requireOpen();
    BlockChecks.check(given, options);
    long needed = 0;
    for (Block block : given) {
      if (!blocks.containsKey(block.cid().key())) {
        needed += block.bytes().length;
      }
    }
    if (needed > capacityBytes - bytes) {
      throw new StoreException(Reason.NO_SPACE, "no room for " + needed + " bytes of blocks");
    }
    int stored = 0;
    for (Block block : given) {
      stored += put(block, options) ? 1 : 0;
    }
    return stored;
  }

  private boolean put(Block block, PutOptions options) {
    Key256 digest = block.cid().key();
    Stored before = blocks.get(digest);
    IndexEntry entry = before == null ? IndexEntry.fresh(block.bytes().length) : before.entry();
    if (before == null || options.replication() > entry.replication()) {
      arrivals.remove(entry.arrival());
      entry = entry.withArrival(++lastArrival, options.replication());
      arrivals.put(lastArrival, digest);
    }
    if (options.pin()) {
      pins.put(block.cid().toString(), block.cid());
      entry = entry.withPinned(true);
    }
    bytes += before == null ? block.bytes().length : 0;
    blocks.put(digest, new Stored(block.bytes(), entry.withQuarantined(false)));
    return before == null;
  }

  @Override
  public synchronized BitSet have(List<Key256> digests) throws StoreException {
    requireOpen();
    BitSet present = new BitSet();
    for (int i = 0; i < digests.size(); i++) {
      Stored stored = blocks.get(digests.get(i));
      present.set(i, stored != null && !stored.entry().quarantined());
    }
    return present;
  }

  @Override
  public synchronized byte[] get(Key256 digest) throws StoreException {
    requireOpen();
    Stored stored = find(digest);
    if (stored.entry().quarantined()) {
      throw new StoreException(Reason.CORRUPT, digest + " is damaged");
    }
    return stored.body();
  }

  @Override
  public synchronized byte[] get(Key256 digest, int offset, int length) throws StoreException {
    return ByteRange.of(offset, length).cut(get(digest));
  }

  /** Pretends that a block's body was damaged, as its next reader would find. */
  public synchronized void damage(Key256 digest) throws StoreException {
    Stored stored = find(digest);
    blocks.put(digest, new Stored(stored.body(), stored.entry().withQuarantined(true)));
  }

  private Stored find(Key256 digest) throws StoreException {
    Stored stored = blocks.get(digest);
    if (stored == null) {
      throw new StoreException(Reason.NOT_FOUND, digest + " is not here");
    }
    return stored;
  }

  @Override
  public synchronized @Nullable BlockStat stat(Key256 digest) throws StoreException {
    requireOpen();
    Stored stored = blocks.get(digest);
    return stored == null ? null : stored.entry().toStat();
  }

  @Override
  public synchronized boolean delete(Key256 digest) throws StoreException {
    requireOpen();
    Stored stored = blocks.get(digest);
    if (stored == null) {
      return false;
    }
    if (stored.entry().pinned()) {
      throw new StoreException(Reason.PINNED, digest + " is pinned");
    }
    blocks.remove(digest);
    arrivals.remove(stored.entry().arrival());
    bytes -= stored.body().length;
    return true;
  }

  @Override
  public synchronized void pin(Cid cid) throws StoreException {
    requireOpen();
    BlockChecks.requireSha256(cid);
    Stored stored = find(cid.key());
    pins.put(cid.toString(), cid);
    blocks.put(cid.key(), new Stored(stored.body(), stored.entry().withPinned(true)));
  }

  @Override
  public synchronized void unpin(Cid cid) throws StoreException {
    requireOpen();
    BlockChecks.requireSha256(cid);
    if (pins.remove(cid.toString()) != null) {
      boolean others = pins.values().stream().anyMatch(other -> other.key().equals(cid.key()));
      Stored stored = find(cid.key());
      blocks.put(cid.key(), new Stored(stored.body(), stored.entry().withPinned(others)));
    }
  }

  @Override
  public synchronized List<Cid> pins(@Nullable Cid after, int limit) throws StoreException {
    requireOpen();
    NavigableMap<String, Cid> rest = after == null ? pins : pins.tailMap(after.toString(), false);
    return rest.values().stream().limit(limit).toList();
  }

  @Override
  public synchronized List<Key256> quarantined(int limit) throws StoreException {
    requireOpen();
    return blocks.entrySet().stream()
        .filter(block -> block.getValue().entry().quarantined())
        .map(Map.Entry::getKey)
        .limit(limit)
        .toList();
  }

  @Override
  public Key256 epoch() {
    return epoch;
  }

  @Override
  public synchronized long lastArrival() {
    return lastArrival;
  }

  @Override
  public synchronized ArrivalPage arrivals(long after, int limit) throws StoreException {
    requireOpen();
    List<Arrival> page = new ArrayList<>();
    for (Map.Entry<Long, Key256> arrival : arrivals.tailMap(after, false).entrySet()) {
      if (page.size() == limit) {
        return new ArrivalPage(page, page.getLast().sequence(), true);
      }
      IndexEntry entry = find(arrival.getValue()).entry();
      page.add(
          new Arrival(
              arrival.getKey(), arrival.getValue(), entry.sizeBytes(), entry.replication()));
    }
    return new ArrivalPage(page, Math.max(after, lastArrival), false);
  }

  @Override
  public synchronized byte @Nullable [] note(String name) throws StoreException {
    requireOpen();
    return notes.get(name);
  }

  @Override
  public synchronized void keepNote(String name, byte[] value) throws StoreException {
    requireOpen();
    notes.put(name, value.clone());
  }

  @Override
  public synchronized StoreFigures figures() {
    long damaged = blocks.values().stream().filter(stored -> stored.entry().quarantined()).count();
    long room = capacityBytes - bytes;
    return new StoreFigures(
        blocks.size(), bytes, damaged, room, room >= BlockLimits.MAX_ACCEPTED_BYTES);
  }

  private void requireOpen() throws StoreException {
    if (closed) {
      throw new StoreException(Reason.CLOSED, "the store is closed");
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
  }
}
