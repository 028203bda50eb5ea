package io.cairnfs.client.namespace;

import io.cairnfs.client.extent.Extent;
import io.cairnfs.client.extent.PendingBlock;
import io.cairnfs.protocol.head.Usage;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/**
 * The state of the namespace in memory: the tree, a frozen layer while that is being folded into a
 * new tree, and the active layer. Its lock is held for work in memory only, never while anything is
 * waited for.
 */
final class Overlay {

  private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
  private Layer active = new Layer();
  private @Nullable Layer frozen;
  private Tree base;
  private LayeredMap map;
  private Usage usage;

  Overlay(Tree base, Usage usage) {
    this.base = base;
    this.usage = usage;
    this.map = new LayeredMap(List.of(active), base);
  }

  /** Guards everything here: the read lock for {@link #map}, the write lock for what changes. */
  ReentrantReadWriteLock lock() {
    return lock;
  }

  /** The map; the caller holds a lock. */
  LayeredMap map() {
    return map;
  }

  /** Takes over a transaction's changes; the caller holds the write lock. */
  void apply(Changes changes) {
    active.addAll(changes.layer());
    usage = usage.plus(changes.usage());
  }

  /**
   * Takes over a delta's changes, which the head's usage has already; the caller holds the write
   * lock.
   */
  void replay(Changes changes) {
    active.addAll(changes.layer());
  }

  Usage usage() {
    lock.readLock().lock();
    try {
      return usage;
    } finally {
      lock.readLock().unlock();
    }
  }

  /** The tree below the layers. */
  Tree base() {
    lock.readLock().lock();
    try {
      return base;
    } finally {
      lock.readLock().unlock();
    }
  }

  /** Whether a layer is frozen; the caller holds a lock. */
  boolean isFrozen() {
    return frozen != null;
  }

  /**
   * Freezes the active layer, or returns the one that is frozen already; the caller holds the write
   * lock.
   */
  Layer freeze() {
    Layer result = frozen;
    if (result == null) {
      result = active;
      frozen = active;
      active = new Layer();
      map = new LayeredMap(List.of(active, result), base);
    }
    return result;
  }

  /** Puts the tree that includes the frozen layer in the place of both. */
  void thaw(Tree folded) {
    lock.writeLock().lock();
    try {
      base = folded;
      frozen = null;
      map = new LayeredMap(List.of(active), base);
    } finally {
      lock.writeLock().unlock();
    }
  }

  /** Makes one layer of both: no fold is under way. */
  void merge() {
    lock.writeLock().lock();
    try {
      Layer below = frozen;
      if (below != null) {
        below.addAll(active);
        active = below;
        frozen = null;
        map = new LayeredMap(List.of(active), base);
      }
    } finally {
      lock.writeLock().unlock();
    }
  }

  /** Begins anew from a tree, by a holder of the write lock. */
  void restart(Tree tree) {
    base = tree;
    active = new Layer();
    frozen = null;
    map = new LayeredMap(List.of(active), base);
  }

  /** What the head says that the volume holds. */
  void told(Usage now) {
    lock.writeLock().lock();
    try {
      usage = now;
    } finally {
      lock.writeLock().unlock();
    }
  }

  /**
   * Puts another tree below the layers, which have whatever differs between it and the one before:
   * the layers stay, and the map is what it was.
   */
  void rebase(Tree tree) {
    lock.writeLock().lock();
    try {
      base = tree;
      Layer below = frozen;
      map = new LayeredMap(below == null ? List.of(active) : List.of(active, below), base);
    } finally {
      lock.writeLock().unlock();
    }
  }

  /** Forgets every change: the session is dead. */
  void drop() {
    lock.writeLock().lock();
    try {
      restart(base);
    } finally {
      lock.writeLock().unlock();
    }
  }

  /**
   * Lets go of the blocks that an entry refers to, which have become durable: their names take
   * their place.
   */
  void settle(Entry entry) {
    if (entry.blocks().isEmpty()) {
      return;
    }
    lock.writeLock().lock();
    try {
      for (Mutation mutation : entry.mutations()) {
        if (mutation instanceof Mutation.PutExtent(long inode, long offset, Extent.InBlock extent)
            && extent.block() instanceof PendingBlock) {
          settle(active, inode, offset, offset + extent.length());
          if (frozen != null) {
            settle(frozen, inode, offset, offset + extent.length());
          }
        }
      }
    } finally {
      lock.writeLock().unlock();
    }
  }

  private static void settle(Layer layer, long inode, long from, long to) {
    Key before = layer.ordered().floorKey(Key.extent(inode, from));
    Key start = before == null ? Key.extent(inode, from) : before;
    for (Map.Entry<Key, Value> entry :
        layer.ordered().subMap(start, true, Key.extent(inode, to), false).entrySet()) {
      if (entry.getValue() instanceof Value.Content(Extent.InBlock extent)
          && extent.block() instanceof PendingBlock block
          && block.durable().state() == Future.State.SUCCESS) {
        entry.setValue(new Value.Content(extent.in(block.stored())));
      }
    }
  }
}
