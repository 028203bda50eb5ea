package io.cairnfs.client.namespace;

import io.cairnfs.protocol.cid.Cid;
import java.util.ArrayDeque;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Decoded tree nodes in memory, bounded by their weight. What was used since the clock's hand
 * passed last stays (the CLOCK approximation of least recently used), so that a hit costs one look
 * into a concurrent map. Thread-safe.
 */
final class NodeCache implements NodeSource {

  private static final class Slot {
    private final Cid cid;
    private final Node node;
    private volatile boolean used; // since the hand passed

    private Slot(Cid cid, Node node) {
      this.cid = cid;
      this.node = node;
    }
  }

  private final ConcurrentHashMap<Cid, Slot> slots = new ConcurrentHashMap<>();
  private final ArrayDeque<Slot> clock = new ArrayDeque<>();
  private final long maxWeight;
  private long weight;

  /**
   * @param maxWeight in bytes
   */
  NodeCache(long maxWeight) {
    this.maxWeight = maxWeight;
  }

  @Override
  public @Nullable Node find(Cid cid) {
    Slot slot = slots.get(cid);
    if (slot == null) {
      return null;
    }
    if (!slot.used) {
      slot.used = true;
    }
    return slot.node;
  }

  void put(Cid cid, Node node) {
    Slot slot = new Slot(cid, node);
    synchronized (clock) {
      if (slots.putIfAbsent(cid, slot) != null) {
        return;
      }
      clock.addLast(slot);
      weight += node.weight();
      evict();
    }
  }

  private void evict() {
    while (weight > maxWeight && clock.size() > 1) {
      Slot oldest = clock.removeFirst();
      if (oldest.used) {
        oldest.used = false;
        clock.addLast(oldest);
      } else {
        slots.remove(oldest.cid);
        weight -= oldest.node.weight();
      }
    }
  }

  /** Bytes in memory, roughly. */
  long weight() {
    synchronized (clock) {
      return weight;
    }
  }
}
