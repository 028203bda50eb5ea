package io.cairnfs.node.sweep;

import io.cairnfs.node.store.BlockStore;
import io.cairnfs.node.store.ClaimPage;
import io.cairnfs.node.store.StoreException;
import io.cairnfs.node.worker.Worker;
import io.cairnfs.protocol.head.VolumeId;
import io.cairnfs.protocol.identity.Key256;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes the claims that closed sweeps have not renewed. What is to be done is kept in the store,
 * so that a restart goes on with it. Thread-safe.
 */
public final class ClaimRelease implements Worker {

  private static final Logger LOG = LoggerFactory.getLogger(ClaimRelease.class);

  /** The sweeps that are closed and not done: volume (32) epoch (8), each. */
  private static final String NOTE = "sweep/closed";

  /** Claims removed at once: a few milliseconds of the store's one writer. */
  private static final int PAGE = 1024;

  /**
   * Claims of this many sweeps before the one that was closed stay: a commit may still rest on
   * them.
   */
  private static final int KEPT_SWEEPS = 1;

  private static final Duration WHEN_IDLE = Duration.ofSeconds(1);

  private final BlockStore store;
  private final Map<VolumeId, Long> closed;
  private @Nullable VolumeId current;
  private @Nullable Key256 cursor;
  private long garbage;
  private volatile String progress = "no sweep was closed since the start";

  /** Goes on with what the store remembers. */
  public ClaimRelease(BlockStore store) throws StoreException, InterruptedException {
    this.store = store;
    this.closed = decode(store.note(NOTE));
  }

  @Override
  public String name() {
    return "claims";
  }

  @Override
  public String progress() {
    return progress;
  }

  /** Hears that a sweep was closed, all of whose marks this node has. */
  void add(VolumeId volume, long epoch) throws StoreException, InterruptedException {
    synchronized (closed) {
      if (closed.merge(volume, epoch, Math::max) == epoch) {
        store.keepNote(NOTE, encode(closed));
      }
    }
  }

  @Override
  public Duration work() throws StoreException, InterruptedException {
    VolumeId volume = next();
    if (volume == null) {
      return WHEN_IDLE;
    }
    long epoch = closedEpoch(volume);
    long below = epoch - KEPT_SWEEPS;
    ClaimPage page = store.claimed(volume, below, cursor, PAGE);
    List<Key256> old = page.claimed().stream().map(ClaimPage.Claimed::digest).toList();
    if (!old.isEmpty()) {
      garbage += store.release(volume, below, old);
    }
    progress = "sweep " + epoch + " of " + volume + " has left " + garbage + " blocks unclaimed";
    cursor = page.through();
    if (cursor == null) {
      done(volume, epoch);
    }
    return Duration.ZERO;
  }

  private @Nullable VolumeId next() {
    synchronized (closed) {
      if (current == null && !closed.isEmpty()) {
        current = closed.keySet().iterator().next();
        cursor = null;
        garbage = 0;
      }
      return current;
    }
  }

  private long closedEpoch(VolumeId volume) {
    synchronized (closed) {
      return closed.getOrDefault(volume, 0L);
    }
  }

  private void done(VolumeId volume, long epoch) throws StoreException, InterruptedException {
    LOG.info("{}", progress);
    synchronized (closed) {
      current = null;
      if (closed.remove(volume, epoch)) {
        store.keepNote(NOTE, encode(closed));
      }
    }
  }

  private static byte[] encode(Map<VolumeId, Long> closed) {
    ByteBuffer buffer = ByteBuffer.allocate(closed.size() * (VolumeId.BYTES + Long.BYTES));
    closed.forEach((volume, epoch) -> buffer.put(volume.toBytes()).putLong(epoch));
    return buffer.array();
  }

  private static Map<VolumeId, Long> decode(byte @Nullable [] note) {
    Map<VolumeId, Long> closed = new LinkedHashMap<>();
    ByteBuffer buffer = ByteBuffer.wrap(note == null ? new byte[0] : note);
    while (buffer.hasRemaining()) {
      byte[] volume = new byte[VolumeId.BYTES];
      buffer.get(volume);
      closed.put(VolumeId.of(volume), buffer.getLong());
    }
    return closed;
  }
}
