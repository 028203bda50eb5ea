package io.cairnfs.node.store;

import io.cairnfs.node.store.StoreException.Reason;
import io.cairnfs.protocol.block.Block;
import io.cairnfs.protocol.block.BlockLimits;
import io.cairnfs.protocol.block.Claim;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.head.VolumeId;
import io.cairnfs.protocol.identity.Key256;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** The in-memory twin of the block store, for tests and simulation. Thread-safe. */
public final class MemoryBlockStore implements BlockStore {

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Stored(byte[] body, IndexEntry entry) {}

  private static final Comparator<Key256> BY_BYTES =
      Comparator.comparing(Key256::toBytes, Arrays::compareUnsigned);

  private final Key256 epoch;
  private final long capacityBytes;
  private final NavigableMap<Key256, Stored> blocks = new TreeMap<>();
  private final NavigableMap<Long, Key256> arrivals = new TreeMap<>();
  private final NavigableMap<String, Cid> pins = new TreeMap<>();
  private final Map<String, byte[]> notes = new HashMap<>();
  private final NavigableMap<Key256, Map<VolumeId, Long>> claims = new TreeMap<>(BY_BYTES);
  private final Map<VolumeId, Long> sweeps = new HashMap<>();
  private final RunClock clock = new RunClock(1, System::nanoTime);
  private final List<ChangeListener> listeners = new CopyOnWriteArrayList<>();
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
    options.claims().forEach(claim -> raise(digest, claim));
    IndexEntry kept = entry.withQuarantined(false).withGarbageSince(0);
    blocks.put(digest, new Stored(block.bytes(), kept));
    tell(digest);
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

  private void raise(Key256 digest, Claim claim) {
    long kept = Math.max(claim.epoch(), sweeps.getOrDefault(claim.volume(), 0L));
    claims
        .computeIfAbsent(digest, unused -> new HashMap<>())
        .merge(claim.volume(), kept, Math::max);
  }

  @Override
  public synchronized BitSet claim(List<Key256> digests, Claim claim) throws StoreException {
    BitSet present = have(digests);
    for (int i = present.nextSetBit(0); i >= 0; i = present.nextSetBit(i + 1)) {
      Key256 digest = digests.get(i);
      raise(digest, claim);
      change(digest, find(digest).entry().withGarbageSince(0));
    }
    return present;
  }

  @Override
  public synchronized List<List<Claim>> claims(List<Key256> digests) throws StoreException {
    requireOpen();
    return digests.stream()
        .map(digest -> ClaimScan.claims(claims.getOrDefault(digest, Map.of())))
        .toList();
  }

  @Override
  public synchronized ClaimPage claimed(
      VolumeId volume, long below, @Nullable Key256 after, int limit) throws StoreException {
    requireOpen();
    List<ClaimPage.Claimed> page = new ArrayList<>();
    NavigableMap<Key256, Map<VolumeId, Long>> rest =
        after == null ? claims : claims.tailMap(after, false);
    for (Map.Entry<Key256, Map<VolumeId, Long>> claimed : rest.entrySet()) {
      Long sweep = claimed.getValue().get(volume);
      if (sweep != null && sweep < below) {
        int sizeBytes = find(claimed.getKey()).entry().sizeBytes();
        page.add(new ClaimPage.Claimed(claimed.getKey(), sizeBytes, sweep));
        if (page.size() == limit) {
          return new ClaimPage(page, claimed.getKey());
        }
      }
    }
    return new ClaimPage(page, null);
  }

  @Override
  public synchronized void sweepOpened(VolumeId volume, long sweep) throws StoreException {
    requireOpen();
    sweeps.merge(volume, sweep, Math::max);
  }

  @Override
  public synchronized int release(VolumeId volume, long below, List<Key256> digests)
      throws StoreException {
    requireOpen();
    int garbage = 0;
    for (Key256 digest : digests) {
      Map<VolumeId, Long> held = claims.getOrDefault(digest, Map.of());
      Long sweep = held.get(volume);
      if (sweep != null && sweep < below) {
        held.remove(volume);
        garbage += letGo(digest) ? 1 : 0;
      }
    }
    return garbage;
  }

  private boolean letGo(Key256 digest) throws StoreException {
    IndexEntry entry = find(digest).entry();
    boolean held = entry.pinned() || !claims.getOrDefault(digest, Map.of()).isEmpty();
    if (held || entry.isGarbage()) {
      return false;
    }
    change(digest, entry.withGarbageSince(clock.millis()));
    return true;
  }

  @Override
  public synchronized int collect(Duration grace, int limit) throws StoreException {
    requireOpen();
    long through = clock.millis() - grace.toMillis();
    List<Key256> due =
        blocks.entrySet().stream()
            .filter(block -> block.getValue().entry().isGarbage())
            .filter(block -> block.getValue().entry().garbageSince() <= through)
            .map(Map.Entry::getKey)
            .limit(limit)
            .toList();
    for (Key256 digest : due) {
      delete(digest);
    }
    return due.size();
  }

  @Override
  public long compact() {
    return -1;
  }

  private void change(Key256 digest, IndexEntry entry) throws StoreException {
    blocks.put(digest, new Stored(find(digest).body(), entry));
    tell(digest);
  }

  private void tell(Key256 digest) {
    listeners.forEach(listener -> listener.changed(Set.of(digest)));
  }

  /** Pretends that a block's body was damaged, as its next reader would find. */
  public synchronized void damage(Key256 digest) throws StoreException {
    change(digest, find(digest).entry().withQuarantined(true));
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
    claims.remove(digest);
    arrivals.remove(stored.entry().arrival());
    bytes -= stored.body().length;
    tell(digest);
    return true;
  }

  @Override
  public synchronized void pin(Cid cid) throws StoreException {
    requireOpen();
    BlockChecks.requireSha256(cid);
    IndexEntry entry = find(cid.key()).entry();
    pins.put(cid.toString(), cid);
    change(cid.key(), entry.withPinned(true).withGarbageSince(0));
  }

  @Override
  public synchronized void unpin(Cid cid) throws StoreException {
    requireOpen();
    BlockChecks.requireSha256(cid);
    if (pins.remove(cid.toString()) != null) {
      boolean others = pins.values().stream().anyMatch(other -> other.key().equals(cid.key()));
      change(cid.key(), find(cid.key()).entry().withPinned(others));
      letGo(cid.key());
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
  public synchronized ScrubPage scrub(@Nullable Key256 after, int maxBlocks, long maxBytes)
      throws StoreException {
    requireOpen();
    Key256 last = after;
    int read = 0;
    long readBytes = 0;
    for (Key256 digest : blocks.keySet().stream().sorted(BY_BYTES).toList()) {
      if (after != null && BY_BYTES.compare(digest, after) <= 0) {
        continue;
      }
      if (read == maxBlocks || readBytes >= maxBytes) {
        return new ScrubPage(last, read, readBytes, 0);
      }
      last = digest;
      read++;
      readBytes += find(digest).entry().sizeBytes();
    }
    return new ScrubPage(null, read, readBytes, 0);
  }

  @Override
  public synchronized List<ListedBlock> list(Key256 from, int limit) throws StoreException {
    requireOpen();
    return blocks.tailMap(from, true).entrySet().stream()
        .limit(limit)
        .map(block -> new ListedBlock(block.getKey(), block.getValue().entry().toStat()))
        .toList();
  }

  @Override
  public synchronized int drop(List<SurplusCopy> copies) throws StoreException {
    int dropped = 0;
    for (SurplusCopy copy : copies) {
      Stored stored = blocks.get(copy.digest());
      if (stored != null
          && !stored.entry().pinned()
          && !stored.entry().isGarbage()
          && claims.getOrDefault(copy.digest(), Map.of()).equals(ClaimScan.epochs(copy.claims()))) {
        dropped += delete(copy.digest()) ? 1 : 0;
      }
    }
    return dropped;
  }

  @Override
  public void onChange(ChangeListener listener) {
    listeners.add(listener);
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
    List<IndexEntry> garbage =
        blocks.values().stream().map(Stored::entry).filter(IndexEntry::isGarbage).toList();
    long room = capacityBytes - bytes;
    return new StoreFigures(
        blocks.size(),
        bytes,
        damaged,
        garbage.size(),
        garbage.stream().mapToLong(IndexEntry::sizeBytes).sum(),
        room,
        room >= BlockLimits.MAX_ACCEPTED_BYTES);
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
