package io.cairnfs.node.replication;

import io.cairnfs.node.store.BlockStore;
import io.cairnfs.node.store.ListedBlock;
import io.cairnfs.node.store.StoreException;
import io.cairnfs.protocol.block.Redundancy;
import io.cairnfs.protocol.identity.Key256;
import io.cairnfs.protocol.identity.NodeId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * For each other node a tree of fingerprints over the keys that are here and for which both nodes
 * are designated replicas; and how many are here for which this node is none. Thread-safe.
 *
 * <p>Its leaves are ranges of {@link #LEAF_BITS}. A change of the store marks its leaf, which costs
 * next to nothing; a marked leaf is read again from the index when somebody asks for it. When the
 * placement changes all leaves are marked.
 */
final class PairFingerprints {

  /** A leaf of a million blocks has some sixty keys. */
  static final int LEAF_BITS = 2 * KeyRange.STEP_BITS;

  private static final int LEAVES = 1 << LEAF_BITS;

  /** Keys that are read from the index at once. */
  private static final int PAGE = 2048;

  private final BlockStore store;
  private final DesignatedReplicas replicas;
  private final AtomicLongArray marks = new AtomicLongArray(LEAVES / Long.SIZE);
  private final AtomicLong scanned = new AtomicLong();
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<NodeId, Leaves> peers = new HashMap<>();
  private final int[] surplus = new int[LEAVES];
  private final byte[] replication = new byte[LEAVES];
  private @Nullable Object view;

  /** What is shared with one node. */
  private static final class Leaves {
    final long[] sums = new long[LEAVES];
    final int[] counts = new int[LEAVES];

    Fingerprint of(int from, int to) {
      long sum = 0;
      long count = 0;
      for (int leaf = from; leaf < to; leaf++) {
        sum += sums[leaf];
        count += counts[leaf];
      }
      return new Fingerprint(sum, count);
    }
  }

  /** Follows the store from now on. */
  PairFingerprints(BlockStore store, DesignatedReplicas replicas) {
    this.store = store;
    this.replicas = replicas;
    markAll();
    store.onChange(this::changed);
  }

  private void changed(Collection<Key256> digests) {
    for (Key256 digest : digests) {
      mark(KeyRange.prefixOf(digest, LEAF_BITS));
    }
  }

  private void mark(int leaf) {
    int word = leaf / Long.SIZE;
    long bit = 1L << leaf;
    if ((marks.get(word) & bit) == 0) {
      marks.getAndUpdate(word, bits -> bits | bit);
    }
  }

  private void markAll() {
    for (int word = 0; word < marks.length(); word++) {
      marks.set(word, -1L);
    }
  }

  private boolean isMarked(int leaf) {
    return (marks.get(leaf / Long.SIZE) & 1L << leaf) != 0;
  }

  private void unmark(int leaf) {
    long bit = 1L << leaf;
    marks.getAndUpdate(leaf / Long.SIZE, bits -> bits & ~bit);
  }

  /** How many keys were read from the index so far. */
  long scanned() {
    return scanned.get();
  }

  /** What is in a range of the keys that are shared with a node. */
  Fingerprint of(NodeId peer, KeyRange range) throws StoreException, InterruptedException {
    if (range.bits() > LEAF_BITS) {
      Fingerprint sum = Fingerprint.EMPTY;
      for (ListedBlock block : shared(peer, range)) {
        sum = sum.plus(block.digest());
      }
      return sum;
    }
    lock.lockInterruptibly();
    try {
      refresh(range);
      Leaves leaves = peers.get(peer);
      int first = firstLeaf(range);
      return leaves == null ? Fingerprint.EMPTY : leaves.of(first, first + leafCount(range));
    } finally {
      lock.unlock();
    }
  }

  /** The fingerprints of the parts of a range, in their order. */
  List<Fingerprint> parts(NodeId peer, KeyRange range) throws StoreException, InterruptedException {
    List<Fingerprint> parts = new ArrayList<>(KeyRange.PARTS);
    if (range.bits() >= LEAF_BITS) {
      for (int i = 0; i < KeyRange.PARTS; i++) {
        parts.add(Fingerprint.EMPTY);
      }
      for (ListedBlock block : shared(peer, range)) {
        int part =
            KeyRange.prefixOf(block.digest(), range.bits() + KeyRange.STEP_BITS)
                & (KeyRange.PARTS - 1);
        parts.set(part, parts.get(part).plus(block.digest()));
      }
      return parts;
    }
    for (KeyRange part : range.parts()) {
      parts.add(of(peer, part));
    }
    return parts;
  }

  /** The blocks in a range that are shared with a node. */
  List<ListedBlock> shared(NodeId peer, KeyRange range)
      throws StoreException, InterruptedException {
    List<ListedBlock> shared = new ArrayList<>();
    for (ListedBlock block : sound(range)) {
      List<NodeId> designated = replicas.designated(block.digest(), block.stat().replication());
      if (designated.contains(peer) && designated.contains(replicas.self())) {
        shared.add(block);
      }
    }
    return shared;
  }

  /** How many blocks in a range are here that belong to other nodes, without those pinned here. */
  long surplus(KeyRange range) throws StoreException, InterruptedException {
    lock.lockInterruptibly();
    try {
      refresh(range);
      long sum = 0;
      int first = firstLeaf(range);
      for (int leaf = first; leaf < first + leafCount(range); leaf++) {
        sum += surplus[leaf];
      }
      return sum;
    } finally {
      lock.unlock();
    }
  }

  /** On how many nodes the blocks that are here are to be at most. */
  int highestReplication() throws StoreException, InterruptedException {
    lock.lockInterruptibly();
    try {
      refresh(KeyRange.ALL);
      int highest = 0;
      for (byte one : replication) {
        highest = Math.max(highest, one);
      }
      return highest;
    } finally {
      lock.unlock();
    }
  }

  /** The blocks in a range that are here and whose bodies are in order. */
  List<ListedBlock> sound(KeyRange range) throws StoreException, InterruptedException {
    List<ListedBlock> blocks = new ArrayList<>();
    scan(range.first(), range::contains, blocks::add);
    return blocks;
  }

  private static int firstLeaf(KeyRange range) {
    return range.prefix() << (LEAF_BITS - range.bits());
  }

  private static int leafCount(KeyRange range) {
    return 1 << (LEAF_BITS - range.bits());
  }

  /** Reads what is marked in a range again; the lock is held. */
  private void refresh(KeyRange range) throws StoreException, InterruptedException {
    Object now = replicas.view();
    if (!now.equals(view)) {
      markAll();
      peers.clear();
      view = now;
    }
    int end = firstLeaf(range) + leafCount(range);
    for (int leaf = firstLeaf(range); leaf < end; leaf++) {
      if (isMarked(leaf)) {
        int from = leaf;
        while (leaf < end && isMarked(leaf)) {
          leaf++;
        }
        read(from, leaf);
      }
    }
  }

  private void read(int from, int to) throws StoreException, InterruptedException {
    // What changes from here on marks its leaf again.
    for (int leaf = from; leaf < to; leaf++) {
      unmark(leaf);
      surplus[leaf] = 0;
      replication[leaf] = 0;
    }
    for (Leaves leaves : peers.values()) {
      for (int leaf = from; leaf < to; leaf++) {
        leaves.sums[leaf] = 0;
        leaves.counts[leaf] = 0;
      }
    }
    boolean complete = false;
    try {
      scan(
          new KeyRange(LEAF_BITS, from).first(),
          key -> KeyRange.prefixOf(key, LEAF_BITS) < to,
          this::enter);
      complete = true;
    } finally {
      for (int leaf = from; leaf < to && !complete; leaf++) {
        mark(leaf);
      }
    }
  }

  private void enter(ListedBlock block) throws InterruptedException {
    if (Redundancy.isShard(block.stat().replication())) {
      return; // others have none of it, and whoever keeps its stripe moves it
    }
    int leaf = KeyRange.prefixOf(block.digest(), LEAF_BITS);
    int copies = Redundancy.copies(block.stat().replication());
    replication[leaf] = (byte) Math.max(replication[leaf], copies);
    List<NodeId> designated = replicas.designated(block.digest(), block.stat().replication());
    if (!designated.contains(replicas.self())) {
      surplus[leaf] += block.stat().pinned() ? 0 : 1;
      return;
    }
    long mixed = Fingerprint.mix(block.digest());
    for (NodeId node : designated) {
      if (!node.equals(replicas.self())) {
        Leaves leaves = peers.computeIfAbsent(node, unused -> new Leaves());
        leaves.sums[leaf] += mixed;
        leaves.counts[leaf]++;
      }
    }
  }

  /** Takes a block at a time. */
  @FunctionalInterface
  private interface Taker {
    void take(ListedBlock block) throws InterruptedException;
  }

  private void scan(Key256 from, Predicate<Key256> within, Taker taker)
      throws StoreException, InterruptedException {
    Key256 next = from;
    while (true) {
      List<ListedBlock> page = store.list(next, PAGE);
      scanned.addAndGet(page.size());
      for (ListedBlock block : page) {
        if (!within.test(block.digest())) {
          return;
        }
        if (block.isSound()) {
          taker.take(block);
        }
      }
      if (page.size() < PAGE) {
        return;
      }
      next = successor(page.getLast().digest());
    }
  }

  /** The next key; the last key of all is its own. */
  private static Key256 successor(Key256 key) {
    byte[] bytes = key.toBytes();
    for (int i = bytes.length - 1; i >= 0; i--) {
      if (++bytes[i] != 0) {
        return Key256.of(bytes);
      }
    }
    return key;
  }
}
