package io.cairnfs.node.replication;

import io.cairnfs.dht.record.NodeState;
import io.cairnfs.node.store.BlockStore;
import io.cairnfs.node.store.ListedBlock;
import io.cairnfs.node.store.StoreException;
import io.cairnfs.node.store.StoreFigures;
import io.cairnfs.node.store.SurplusCopy;
import io.cairnfs.node.worker.Tally;
import io.cairnfs.node.worker.Worker;
import io.cairnfs.protocol.identity.Key256;
import io.cairnfs.protocol.repair.message.DrainReply;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Gatherers;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets this node leave the cluster: it says so in its record, so that nobody puts anything here any
 * more; offers what it holds to those who should hold it now, until all of them have confirmed all
 * of it; and then says that it leaves. It drops nothing: a drain that is cancelled costs nothing.
 * What it is at outlives a restart. Thread-safe.
 */
public final class Drain implements Worker {

  private static final Logger LOG = LoggerFactory.getLogger(Drain.class);

  private static final String NOTE = "drain";
  private static final Duration TICK = Duration.ofMillis(500);

  /** After a pass, for those who were offered blocks to get them. */
  private static final Duration BETWEEN_PASSES = Duration.ofSeconds(1);

  private static final int BATCH = 256;
  private static final int LEAF_BITS = PairFingerprints.LEAF_BITS;
  private static final int LEAVES = 1 << LEAF_BITS;

  /** What becomes of a leaf: it is open until everything in it was confirmed. */
  private static final int OPEN = 0;

  private static final int BEING_CONFIRMED = 1;
  private static final int SAFE = 2;

  /** Where it is with the node. */
  enum Phase {
    ACTIVE(NodeState.ACTIVE),
    DRAINING(NodeState.DRAINING),
    DRAINED(NodeState.LEAVING);

    final NodeState announced;

    Phase(NodeState announced) {
      this.announced = announced;
    }
  }

  private final BlockStore store;
  private final DesignatedReplicas replicas;
  private final PairFingerprints fingerprints;
  private final Confirmation confirmation;
  private final ReplicationSettings settings;
  private final Consumer<NodeState> announce;
  private final Supplier<List<String>> obstacles;
  private final AtomicIntegerArray leaves = new AtomicIntegerArray(LEAVES);
  private final long[] safeBlocks = new long[LEAVES];
  private final long[] safeBytes = new long[LEAVES];
  private volatile Phase phase;
  private volatile long startedNanos;
  private volatile long offeredNanos;
  private volatile long bytesAtStart;
  private @Nullable Object view;
  private int position;
  private boolean allSafe;

  /**
   * @param announce tells the cluster of the node's state
   * @param obstacles says what besides blocks is still on the node, a line each
   */
  Drain(
      BlockStore store,
      DesignatedReplicas replicas,
      PairFingerprints fingerprints,
      Confirmation confirmation,
      ReplicationSettings settings,
      Consumer<NodeState> announce,
      Supplier<List<String>> obstacles)
      throws StoreException, InterruptedException {
    this.store = store;
    this.replicas = replicas;
    this.fingerprints = fingerprints;
    this.confirmation = confirmation;
    this.settings = settings;
    this.announce = announce;
    this.obstacles = obstacles;
    this.phase = read(store);
    this.startedNanos = System.nanoTime();
    store.onChange(this::changed);
  }

  /** What a node is to say of itself when it starts. */
  public static NodeState stateOf(BlockStore store) throws StoreException, InterruptedException {
    return read(store).announced;
  }

  private static Phase read(BlockStore store) throws StoreException, InterruptedException {
    byte[] note = store.note(NOTE);
    String name = note == null ? Phase.ACTIVE.name() : new String(note, StandardCharsets.UTF_8);
    for (Phase phase : Phase.values()) {
      if (phase.name().equals(name)) {
        return phase;
      }
    }
    throw new StoreException(
        StoreException.Reason.FAILED, "the node was drained by a version that this one is not");
  }

  private void changed(Collection<Key256> digests) {
    if (phase != Phase.ACTIVE) {
      digests.forEach(digest -> leaves.set(KeyRange.prefixOf(digest, LEAF_BITS), OPEN));
    }
  }

  @Override
  public String name() {
    return "drain";
  }

  @Override
  public String progress() {
    DrainReply status = status();
    return switch (phase) {
      case ACTIVE -> "not draining";
      case DRAINING -> status.getBlocksLeft() + " of " + status.getBlocks() + " blocks are left";
      case DRAINED -> "everything is elsewhere: the node may be stopped";
    };
  }

  @Override
  public Tally tally() {
    DrainReply status = status();
    return phase == Phase.ACTIVE
        ? Tally.NONE
        : Tally.bytes(status.getBytes() - status.getBytesLeft(), status.getBytesLeft());
  }

  /** How far it is. */
  DrainReply status() {
    DrainReply.Builder status = DrainReply.newBuilder();
    StoreFigures figures = store.figures();
    long blocks = figures.blocks() - figures.garbageBlocks();
    long bytes = figures.bytes() - figures.garbageBytes();
    status.setBlocks(blocks).setBytes(bytes).addAllWaiting(obstacles.get());
    if (phase == Phase.ACTIVE) {
      return status.setState(DrainReply.State.ACTIVE).build();
    }
    long safeCount = 0;
    long safeSum = 0;
    for (int leaf = 0; leaf < LEAVES; leaf++) {
      if (leaves.get(leaf) == SAFE) {
        safeCount += safeBlocks[leaf];
        safeSum += safeBytes[leaf];
      }
    }
    long nanos = System.nanoTime() - offeredNanos;
    if (offeredNanos != 0 && nanos > 0) {
      status.setBytesPerSecond((long) (Math.max(0, safeSum - bytesAtStart) * 1e9 / nanos));
    }
    return status
        .setState(phase == Phase.DRAINED ? DrainReply.State.DRAINED : DrainReply.State.DRAINING)
        .setBlocksLeft(Math.max(0, blocks - safeCount))
        .setBytesLeft(Math.max(0, bytes - safeSum))
        .build();
  }

  /**
   * Begins, or says why not.
   *
   * @param force begin although blocks will have fewer replicas than they should
   * @return empty, or why not
   */
  synchronized String start(boolean force) throws StoreException, InterruptedException {
    if (phase != Phase.ACTIVE) {
      return "";
    }
    long others =
        replicas.peers().stream()
            .filter(peer -> peer.state() == NodeState.ACTIVE && replicas.isUp(peer.id()))
            .count();
    int wanted = fingerprints.highestReplication();
    if (others == 0) {
      return "no other node that is up could take what is here; start one first";
    }
    if (others < wanted && !force) {
      return "blocks are to be on "
          + wanted
          + " nodes, and only "
          + others
          + " others are up: add a node first, or drain with --force and fewer replicas";
    }
    clear();
    enter(Phase.DRAINING);
    return "";
  }

  /** Stays, with all that is here; returns why not, or empty. */
  synchronized String cancel() throws StoreException, InterruptedException {
    if (phase != Phase.ACTIVE) {
      enter(Phase.ACTIVE);
    }
    return "";
  }

  private void clear() {
    for (int leaf = 0; leaf < LEAVES; leaf++) {
      leaves.set(leaf, OPEN);
    }
    Arrays.fill(safeBlocks, 0);
    Arrays.fill(safeBytes, 0);
    position = 0;
    allSafe = true;
    offeredNanos = 0;
    bytesAtStart = 0;
  }

  /** The note comes first: after a crash the node says what it has said before. */
  private synchronized void enter(Phase next) throws StoreException, InterruptedException {
    store.keepNote(NOTE, next.name().getBytes(StandardCharsets.UTF_8));
    phase = next;
    startedNanos = System.nanoTime();
    announce.accept(next.announced);
    LOG.info("The node is {}", next);
  }

  @Override
  public Duration work() throws StoreException, InterruptedException {
    if (phase == Phase.ACTIVE || System.nanoTime() - startedNanos < settings.settle().toNanos()) {
      return TICK; // who does not know of it yet may still put something here
    }
    long started = System.nanoTime();
    if (offeredNanos == 0) {
      offeredNanos = started;
    }
    noticeChange();
    while (position < KeyRange.PARTS) {
      offerNext();
      if (System.nanoTime() - started > TICK.toNanos()) {
        return Rest.since(started);
      }
    }
    boolean done = allSafe;
    position = 0;
    allSafe = true;
    if (done) {
      finish();
    }
    return BETWEEN_PASSES;
  }

  /** Others should have the blocks now. */
  private void noticeChange() {
    Object now = replicas.view();
    if (!now.equals(view)) {
      view = now;
      for (int leaf = 0; leaf < LEAVES; leaf++) {
        leaves.set(leaf, OPEN);
      }
      position = 0;
      allSafe = true;
    }
  }

  private synchronized void finish() throws StoreException, InterruptedException {
    if (phase == Phase.DRAINING && obstacles.get().isEmpty()) {
      enter(Phase.DRAINED);
    }
  }

  /** Offers ranges together until there is enough for a batch: a round trip is shared by all. */
  private void offerNext() throws StoreException, InterruptedException {
    Set<Integer> open = new HashSet<>();
    List<ListedBlock> blocks = new ArrayList<>();
    while (position < KeyRange.PARTS && blocks.size() < BATCH) {
      gather(KeyRange.ALL.part(position++), open, blocks);
    }
    Set<Integer> unsafe = new HashSet<>();
    for (List<ListedBlock> batch : blocks.stream().gather(Gatherers.windowFixed(BATCH)).toList()) {
      offer(batch, unsafe);
    }
    for (int leaf : open) {
      // What changed meanwhile opens its leaf again.
      boolean safe = !unsafe.contains(leaf) && leaves.compareAndSet(leaf, BEING_CONFIRMED, SAFE);
      allSafe &= safe;
    }
  }

  private void gather(KeyRange range, Set<Integer> open, List<ListedBlock> blocks)
      throws StoreException, InterruptedException {
    int first = range.prefix() << (LEAF_BITS - KeyRange.STEP_BITS);
    boolean any = false;
    for (int leaf = first; leaf < first + KeyRange.PARTS; leaf++) {
      if (leaves.compareAndSet(leaf, OPEN, BEING_CONFIRMED)
          || leaves.get(leaf) == BEING_CONFIRMED) {
        any = true;
        open.add(leaf);
        safeBlocks[leaf] = 0;
        safeBytes[leaf] = 0;
      }
    }
    if (any) {
      for (ListedBlock block : fingerprints.sound(range)) {
        if (open.contains(KeyRange.prefixOf(block.digest(), LEAF_BITS))) {
          blocks.add(block);
        }
      }
    }
  }

  private void offer(List<ListedBlock> batch, Set<Integer> unsafe)
      throws StoreException, InterruptedException {
    Set<Key256> safe = new HashSet<>();
    for (SurplusCopy copy : confirmation.confirm(batch)) {
      safe.add(copy.digest());
    }
    for (ListedBlock block : batch) {
      int leaf = KeyRange.prefixOf(block.digest(), LEAF_BITS);
      if (safe.contains(block.digest())) {
        safeBlocks[leaf]++;
        safeBytes[leaf] += block.stat().sizeBytes();
      } else {
        unsafe.add(leaf);
      }
    }
  }
}
