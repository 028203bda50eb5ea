package io.cairnfs.client.stripe;

import io.cairnfs.client.extent.BlockRef;
import io.cairnfs.client.extent.Extent;
import io.cairnfs.client.extent.PendingBlock;
import io.cairnfs.client.namespace.InodeExtent;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.erasure.Shard;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Blocks that may be put into stripes, each with all places that refer to it. Bounded; in the order
 * of their first use, so that what belongs together is put, and one day deleted, together. For one
 * thread.
 */
final class ColdBlocks {

  /** Blocks of one round: of some tens of gigabytes, in some tens of megabytes of memory. */
  static final int MAX_BLOCKS = 1 << 15;

  /** Places of one round that refer to them. */
  static final int MAX_USES = 1 << 17;

  /**
   * Smaller ones stay as they are: a stripe's description would take too much beside them. Nodes
   * keep blocks from there on in segments.
   */
  static final int MIN_BYTES = 64 << 10;

  /** A block. */
  static final class Cold {
    final Cid cid;
    final List<InodeExtent> uses = new ArrayList<>(1);
    BlockRef.@Nullable Striped striped;

    /** Where it is read, if only in a stripe that is to be given up. */
    @Nullable Shard shard;

    private boolean excluded;
    private long end;

    private Cold(Cid cid) {
      this.cid = cid;
    }

    private void use(InodeExtent use, Extent.InBlock extent) {
      uses.add(use);
      end = Math.max(end, extent.blockOffset() + extent.length());
    }

    /**
     * Blocks of one class have lengths that differ by less than a factor of two, as far as is
     * known: parity has the length of the longest.
     */
    private int sizeClass() {
      return Long.SIZE - Long.numberOfLeadingZeros(end - 1);
    }
  }

  private final Map<Cid, Cold> blocks = new LinkedHashMap<>();
  private final Set<Cid> givenUp;
  private int uses;

  /**
   * @param givenUp stripes that are to be left for new ones, because most of them is not needed
   */
  ColdBlocks(Set<Cid> givenUp) {
    this.givenUp = givenUp;
  }

  /** Whether no more blocks should be added. */
  boolean isFull() {
    return blocks.size() >= MAX_BLOCKS || uses >= MAX_USES;
  }

  /**
   * Takes notice of an extent.
   *
   * @param cold whether its file was not changed for long
   * @param mayAdd whether a block that is not known yet is added; else only known ones matter
   */
  void see(InodeExtent use, boolean cold, boolean mayAdd) {
    if (!(use.at().extent() instanceof Extent.InBlock extent)) {
      return;
    }
    switch (extent.block()) {
      case BlockRef.Stored(Cid cid) -> see(use, extent, cid, null, cold, mayAdd);
      case BlockRef.Striped there -> {
        Cold known = blocks.get(there.cid());
        if (givenUp.contains(there.shard().stripe())) {
          see(use, extent, there.cid(), there.shard(), cold, mayAdd);
        } else if (known != null) {
          known.striped = there;
        }
      }
      case PendingBlock pending -> {
        // Is young.
      }
    }
  }

  private void see(
      InodeExtent use,
      Extent.InBlock extent,
      Cid cid,
      @Nullable Shard shard,
      boolean cold,
      boolean mayAdd) {
    Cold known = mayAdd ? blocks.computeIfAbsent(cid, Cold::new) : blocks.get(cid);
    if (known == null) {
      return;
    }
    known.excluded |= !cold || uses >= MAX_USES;
    if (!known.excluded) {
      known.shard = shard; // any place where it can be read will do
      known.use(use, extent);
      uses++;
    }
  }

  /** Those that a stripe has already, because another place refers to them there. */
  List<Cold> striped() {
    return blocks.values().stream()
        .filter(block -> !block.excluded && block.striped != null)
        .toList();
  }

  /** Groups of so many blocks of similar lengths. What makes no group stays as it is. */
  List<List<Cold>> groups(int size) {
    List<List<Cold>> groups = new ArrayList<>();
    Map<Integer, List<Cold>> open = new TreeMap<>();
    for (Cold block : blocks.values()) {
      if (block.excluded || block.striped != null || block.end < MIN_BYTES) {
        continue;
      }
      List<Cold> group = open.computeIfAbsent(block.sizeClass(), key -> new ArrayList<>());
      group.add(block);
      if (group.size() == size) {
        groups.add(List.copyOf(group));
        group.clear();
      }
    }
    return groups;
  }
}
