package io.cairnfs.client.stripe;

import io.cairnfs.client.block.BlockClient;
import io.cairnfs.client.block.BlockException;
import io.cairnfs.client.block.Chunk;
import io.cairnfs.client.block.Stripes;
import io.cairnfs.client.extent.BlockRef;
import io.cairnfs.client.extent.Extent;
import io.cairnfs.client.extent.FileExtent;
import io.cairnfs.client.namespace.InodeExtent;
import io.cairnfs.client.namespace.InodeTimes;
import io.cairnfs.client.namespace.Namespace;
import io.cairnfs.client.namespace.NamespaceException;
import io.cairnfs.client.namespace.NamespaceView;
import io.cairnfs.client.namespace.Transaction;
import io.cairnfs.client.stripe.ColdBlocks.Cold;
import io.cairnfs.protocol.block.Block;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.erasure.Shard;
import io.cairnfs.protocol.erasure.Stripe;
import io.cairnfs.protocol.ipld.CborException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Puts blocks of files that were not changed for long into stripes, one small step per call. A
 * round gathers blocks from where the last one ended, goes on over all other extents to find what
 * else refers to them, stores stripes, and puts the new extents where the old ones still are what
 * they were. What is left of stripes that are half dead is put into new ones likewise. It holds no
 * lock between steps, or while it waits. What is not referred to any more as it was is left to the
 * sweeps. For one thread.
 */
public final class Striper {

  /** What a step did. */
  public enum Kind {
    /** There was nothing to do. */
    IDLE,
    /** It did a part of something. */
    WORKED,
    /** It ended a round that had looked at all extents. */
    WALKED
  }

  /**
   * A step.
   *
   * @param kind what it did
   * @param bytes that it read and wrote, about
   */
  public record Step(Kind kind, long bytes) {}

  /** Extents that one step looks at: a few leaves of the namespace's tree. */
  static final int PAGE = 1024;

  /** Extents that one transaction changes: far less than the largest has room for. */
  private static final int MAX_CHANGES = 256;

  /** What looking at an extent counts in the budget, in bytes. */
  private static final long EXTENT_COST = 64;

  /** Where a walk is. */
  private record Place(long inode, long offset) {

    static final Place START = new Place(0, 0);

    boolean isBefore(Place other) {
      return inode < other.inode || (inode == other.inode && offset < other.offset);
    }
  }

  /** What one walk looks for. */
  private enum Phase {
    /** Blocks to be put into stripes. */
    GATHERING,
    /** What else refers to those, up to the end. */
    AFTER,
    /** What else refers to those, from the start to where it began. */
    BEFORE
  }

  private final Supplier<Namespace> namespace;
  private final BlockClient blocks;
  private final Stripes stripes;
  private final StripeSettings settings;
  private final LongSupplier wallNanos;

  private Phase phase = Phase.GATHERING;
  private Place begun = Place.START;
  private Place place = Place.START;
  private Place next = Place.START;
  private int round;
  private StripeUses uses = new StripeUses(0);
  private Set<Cid> sparse = Set.of();
  private ColdBlocks found = new ColdBlocks(sparse);
  private boolean young;
  private boolean sawYoung;
  private final Deque<List<Cold>> groups = new ArrayDeque<>();
  private final Deque<Cold> known = new ArrayDeque<>();
  private final Deque<Change> changes = new ArrayDeque<>();
  private long stripedBytes;
  private long lostRaces;

  /** Extents of one file that are to refer to a stripe. */
  private record Change(long inode, List<FileExtent> before, StripingBlock block) {}

  /**
   * @param blocks of the volume
   * @param wallNanos nanoseconds since the epoch
   */
  public Striper(
      Supplier<Namespace> namespace,
      BlockClient blocks,
      Stripes stripes,
      StripeSettings settings,
      LongSupplier wallNanos) {
    this.namespace = namespace;
    this.blocks = blocks;
    this.stripes = stripes;
    this.settings = settings;
    this.wallNanos = wallNanos;
  }

  /** Bytes of extents that refer to stripes now and did not before. */
  public long stripedBytes() {
    return stripedBytes;
  }

  /** Changes of a file that were dropped because a program was faster. */
  public long lostRaces() {
    return lostRaces;
  }

  /** Whether the last walk over all extents met files that were changed not long ago. */
  public boolean sawYoung() {
    return sawYoung;
  }

  /**
   * Does the next step.
   *
   * @param mayWalk whether it may begin a round
   * @throws NamespaceException if the session cannot serve it; what was planned is dropped
   * @throws BlockException likewise for blocks, or if there are too few nodes for a stripe
   */
  public Step step(boolean mayWalk)
      throws NamespaceException, BlockException, InterruptedException {
    boolean done = false;
    try {
      Step step = next(mayWalk);
      done = true;
      return step;
    } finally {
      if (!done) {
        restart();
      }
    }
  }

  private Step next(boolean mayWalk)
      throws NamespaceException, BlockException, InterruptedException {
    Change change = changes.poll();
    if (change != null) {
      commit(change);
      return new Step(Kind.WORKED, change.before().size() * EXTENT_COST);
    }
    List<Cold> group = groups.poll();
    if (group != null) {
      return new Step(Kind.WORKED, store(group));
    }
    Cold block = known.poll();
    if (block != null) {
      return new Step(Kind.WORKED, join(block));
    }
    boolean begins = phase == Phase.GATHERING && place.equals(begun);
    return begins && !mayWalk ? new Step(Kind.IDLE, 0) : walkOn();
  }

  private void restart() {
    phase = Phase.GATHERING;
    begun = Place.START;
    place = Place.START;
    uses = new StripeUses(round);
    found = new ColdBlocks(sparse);
    groups.clear();
    known.clear();
    changes.clear();
  }

  /** An extent, and whether its file was not changed for long. */
  private record Seen(InodeExtent extent, boolean cold) {}

  private Step walkOn() throws NamespaceException, InterruptedException {
    Place from = place;
    long oldest = wallNanos.getAsLong() - settings.age().toNanos();
    List<Seen> page =
        namespace.get().<List<Seen>, RuntimeException>read(view -> page(view, from, oldest));
    boolean ended = page.size() < PAGE;
    for (Seen seen : page) {
      Place at = new Place(seen.extent().inode(), seen.extent().at().offset());
      if (phase == Phase.BEFORE && !at.isBefore(begun)) {
        ended = true;
        break;
      }
      if (phase == Phase.GATHERING && found.isFull()) {
        phase = Phase.AFTER;
        next = at;
      }
      found.see(seen.extent(), seen.cold(), phase == Phase.GATHERING && seen.cold());
      if (seen.extent().at().extent() instanceof Extent.InBlock extent
          && extent.block() instanceof BlockRef.Striped striped) {
        uses.count(striped.shard());
      }
      young |= !seen.cold();
      place = new Place(at.inode(), at.offset() + 1);
    }
    return new Step(ended && endPhase() ? Kind.WALKED : Kind.WORKED, page.size() * EXTENT_COST);
  }

  private static List<Seen> page(NamespaceView view, Place from, long oldestNanos) {
    Map<Long, Boolean> cold = new LinkedHashMap<>();
    List<Seen> page = new ArrayList<>();
    for (InodeExtent extent : view.extentsFrom(from.inode(), from.offset(), PAGE)) {
      boolean isCold =
          cold.computeIfAbsent(
              extent.inode(),
              inode -> {
                InodeTimes times = view.times(inode);
                return times != null && times.ctimeNanos() <= oldestNanos;
              });
      page.add(new Seen(extent, isCold));
    }
    return page;
  }

  /**
   * The walk is at its end, or where it began.
   *
   * @return whether all extents were looked at since the last time that this was so
   */
  private boolean endPhase() {
    boolean all = phase == Phase.GATHERING;
    if (phase == Phase.GATHERING) {
      next = Place.START;
    }
    if (phase != Phase.BEFORE && !begun.equals(Place.START)) {
      phase = Phase.BEFORE;
      place = Place.START;
      return false;
    }
    groups.addAll(found.groups(settings.erasure().dataShards()));
    known.addAll(found.striped());
    boolean ends = all || next.equals(Place.START);
    sparse = uses.sparse(settings.erasure().dataShards());
    round++;
    uses = new StripeUses(round);
    found = new ColdBlocks(sparse);
    phase = Phase.GATHERING;
    begun = next;
    place = next;
    if (ends) {
      sawYoung = young;
      young = false;
    }
    return ends;
  }

  /** Stores a stripe; returns how many bytes that read and wrote. */
  private long store(List<Cold> group) throws BlockException, InterruptedException {
    List<Block> data = new ArrayList<>();
    long bytes = 0;
    for (Cold block : group) {
      Shard shard = block.shard;
      byte[] content =
          shard == null ? blocks.get(block.cid) : blocks.get(Chunk.whole(block.cid, shard));
      data.add(new Block(block.cid, content));
      bytes += data.getLast().bytes().length;
    }
    Stripe.Made made = Stripe.make(settings.erasure(), data);
    long epoch = stripes.claimEpoch();
    stripes.put(made);
    for (int i = 0; i < group.size(); i++) {
      BlockRef.Striped there = new BlockRef.Striped(group.get(i).cid, made.shard(i));
      plan(group.get(i), new StripingBlock(stripes, there, made.stripe(), made, epoch));
    }
    for (Block shard : made.shards()) {
      bytes += shard.bytes().length;
    }
    return bytes;
  }

  /** Lets more places refer to a stripe that there is. */
  private long join(Cold block) throws BlockException, InterruptedException {
    BlockRef.@Nullable Striped there = block.striped;
    if (there == null) {
      return 0;
    }
    byte[] description = blocks.get(there.shard().stripe());
    try {
      Stripe stripe = Stripe.decode(description);
      long epoch = stripes.claimEpoch();
      if (stripes.claim(there.shard().stripe(), stripe)) {
        plan(block, new StripingBlock(stripes, there, stripe, null, epoch));
      }
    } catch (CborException e) {
      throw new BlockException(
          BlockException.Reason.NOT_FOUND, there.shard().stripe() + " describes no stripe", e);
    }
    return description.length;
  }

  private void plan(Cold block, StripingBlock there) {
    Map<Long, List<FileExtent>> byInode = new LinkedHashMap<>();
    for (InodeExtent use : block.uses) {
      byInode.computeIfAbsent(use.inode(), inode -> new ArrayList<>()).add(use.at());
    }
    byInode.forEach(
        (inode, extents) -> {
          for (int from = 0; from < extents.size(); from += MAX_CHANGES) {
            int to = Math.min(extents.size(), from + MAX_CHANGES);
            changes.add(new Change(inode, List.copyOf(extents.subList(from, to)), there));
          }
        });
  }

  private void commit(Change change) throws NamespaceException, InterruptedException {
    long bytes =
        namespace.get().<Long, RuntimeException>update(transaction -> apply(transaction, change));
    stripedBytes += bytes;
    lostRaces += bytes == 0 ? 1 : 0;
  }

  /**
   * Puts the new extents of a file in the place of those that still are what they were; reads those
   * in the transaction, so that it conflicts with whoever writes to the file at the same time.
   */
  private static long apply(Transaction transaction, Change change) {
    long bytes = 0;
    for (FileExtent before : change.before()) {
      List<FileExtent> now = transaction.extents(change.inode(), before.offset(), before.end());
      if (now.equals(List.of(before)) && before.extent() instanceof Extent.InBlock extent) {
        transaction.putExtent(change.inode(), before.offset(), extent.in(change.block()));
        bytes += extent.length();
      }
    }
    transaction.contentOf(change.inode());
    return bytes;
  }
}
