package io.cairnfs.client.tidy;

import io.cairnfs.client.block.BlockException;
import io.cairnfs.client.content.Content;
import io.cairnfs.client.extent.Extent;
import io.cairnfs.client.extent.FileExtent;
import io.cairnfs.client.namespace.InodeExtent;
import io.cairnfs.client.namespace.Namespace;
import io.cairnfs.client.namespace.NamespaceException;
import io.cairnfs.protocol.cid.Cid;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Rewrites what is fragmented or lies in mostly dead blocks, one small step per call: a step plans
 * a rewrite, or copies its bytes, or commits it. It holds no lock between steps, or while it waits.
 *
 * <p>A first walk over the extents of all files rewrites what is in many pieces, and counts how
 * much of each block is in use; a second one, where it is worth it, gathers what is left of sparse
 * blocks into new ones. Where a walk is, is kept from step to step. Files that were written to
 * meanwhile are looked at out of turn. For one thread.
 */
public final class Tidier {

  /** What a step did. */
  public enum Kind {
    /** There was nothing to do. */
    IDLE,
    /** It did a part of something. */
    WORKED,
    /** It ended the walk over all files. */
    WALKED
  }

  /**
   * A step.
   *
   * @param kind what it did
   * @param bytes that it read and wrote, about
   */
  public record Step(Kind kind, long bytes) {

    private static Step worked(long bytes) {
      return new Step(Kind.WORKED, bytes);
    }
  }

  /** Extents that one step looks at: a few leaves of the namespace's tree. */
  static final int PAGE = 1024;

  /** What looking at an extent counts in the budget, in bytes. */
  private static final long EXTENT_COST = 64;

  private final Supplier<Namespace> namespace;
  private final Content content;
  private final TouchedFiles touched;
  private final Duration timeout;
  private final boolean compares;

  private @Nullable Rewrite planned;
  private @Nullable Rewrite copied;
  private int walk;
  private BlockUses uses = new BlockUses(0);
  private @Nullable Set<Cid> sparse;
  private long inode;
  private long offset;
  private @Nullable Long outOfTurn;
  private long outOfTurnOffset;
  private Rewrite gathering = new Rewrite();
  private long defragmentedBytes;
  private long gatheredBytes;
  private long lostRaces;
  private boolean gathers;

  /**
   * @param touched files to look at out of turn
   * @param timeout what storing a block may take
   * @param compares the safeguard of {@link TidySettings}
   */
  public Tidier(
      Supplier<Namespace> namespace,
      Content content,
      TouchedFiles touched,
      Duration timeout,
      boolean compares) {
    this.namespace = namespace;
    this.content = content;
    this.touched = touched;
    this.timeout = timeout;
    this.compares = compares;
  }

  /** Bytes that were in many pieces, and are in one. */
  public long defragmentedBytes() {
    return defragmentedBytes;
  }

  /** Bytes that were moved out of sparse blocks. */
  public long gatheredBytes() {
    return gatheredBytes;
  }

  /** Rewrites, by file, that were dropped because a program was faster. */
  public long lostRaces() {
    return lostRaces;
  }

  /**
   * Does the next step.
   *
   * @param mayWalk whether it may begin or go on with a walk over all files
   * @throws NamespaceException if the session cannot serve it; what was planned is dropped
   * @throws BlockException likewise for blocks
   */
  public Step step(boolean mayWalk)
      throws NamespaceException, BlockException, InterruptedException {
    Rewrite toCommit = copied;
    Rewrite toCopy = planned;
    copied = null;
    planned = null;
    if (toCommit != null) {
      commit(toCommit);
      return Step.worked(0);
    }
    if (toCopy != null) {
      toCopy.copy(content, timeout);
      copied = toCopy;
      return Step.worked(2 * toCopy.bytes()); // read and written
    }
    if (outOfTurn == null) {
      outOfTurn = touched.next();
      outOfTurnOffset = 0;
    }
    if (outOfTurn != null) {
      return lookAt(outOfTurn);
    }
    return mayWalk ? walkOn() : new Step(Kind.IDLE, 0);
  }

  private void commit(Rewrite rewrite) throws NamespaceException, InterruptedException {
    for (long file : rewrite.inodes()) {
      long moved =
          namespace.get().<Long, RuntimeException>update(tx -> rewrite.apply(tx, file, compares));
      lostRaces += moved == 0 ? 1 : 0;
      if (gathers) {
        gatheredBytes += moved;
      } else {
        defragmentedBytes += moved;
      }
    }
  }

  /** A page of extents, from a place on. */
  private List<InodeExtent> page(long fromInode, long fromOffset)
      throws NamespaceException, InterruptedException {
    return namespace
        .get()
        .<List<InodeExtent>, RuntimeException>read(
            view -> view.extentsFrom(fromInode, fromOffset, PAGE));
  }

  /** Defragments a file out of turn. */
  private Step lookAt(long file) throws NamespaceException, InterruptedException {
    if (!touched.isQuiet(file)) {
      outOfTurn = null; // it is noted again
      return Step.worked(0);
    }
    List<InodeExtent> page = page(file, outOfTurnOffset);
    List<FileExtent> extents = of(file, page);
    Plan plan = plan(file, extents);
    if (extents.size() < PAGE && plan.rewrite() == null) {
      outOfTurn = null;
    }
    outOfTurnOffset = plan.next();
    return Step.worked(page.size() * EXTENT_COST);
  }

  private static List<FileExtent> of(long file, List<InodeExtent> page) {
    List<FileExtent> extents = new ArrayList<>();
    for (InodeExtent extent : page) {
      if (extent.inode() != file) {
        break;
      }
      extents.add(extent.at());
    }
    return extents;
  }

  /** What is planned for a file, and where to go on after it. */
  private record Plan(@Nullable Rewrite rewrite, long next) {}

  private Plan plan(long file, List<FileExtent> extents) {
    List<FileExtent> run = Fragments.first(extents);
    if (run == null) {
      // The next page begins with the chunk that this one ends in: its run may go on there.
      long last = extents.isEmpty() ? 0 : extents.getLast().offset();
      long chunk = last - last % Fragments.CHUNK_BYTES;
      boolean inOneChunk = extents.isEmpty() || extents.getFirst().offset() >= chunk;
      return new Plan(null, inOneChunk ? last + 1 : chunk);
    }
    Rewrite rewrite = new Rewrite();
    rewrite.add(file, run);
    planned = rewrite;
    gathers = false;
    return new Plan(rewrite, run.getLast().end());
  }

  private Step walkOn() throws NamespaceException, InterruptedException {
    List<InodeExtent> page = page(inode, offset);
    Set<Cid> wanted = sparse;
    if (wanted != null) {
      gather(page, wanted);
    } else {
      page.forEach(extent -> count(extent.at().extent()));
      page.stream().collect(Collectors.groupingBy(InodeExtent::inode)).forEach(this::noteFragments);
      advance(page);
    }
    boolean ended = page.size() < PAGE && planned == null && endPhase();
    return new Step(ended ? Kind.WALKED : Kind.WORKED, page.size() * EXTENT_COST);
  }

  private void noteFragments(long file, List<InodeExtent> extents) {
    if (Fragments.first(extents.stream().map(InodeExtent::at).toList()) != null) {
      touched.found(file);
    }
  }

  private void count(Extent extent) {
    if (extent instanceof Extent.InBlock inBlock) {
      uses.count(inBlock);
    }
  }

  private void advance(List<InodeExtent> seen) {
    if (!seen.isEmpty()) {
      inode = seen.getLast().inode();
      offset = seen.getLast().at().offset() + 1;
    }
  }

  /** Takes from a page what lies in sparse blocks, until a block is full. */
  private void gather(List<InodeExtent> page, Set<Cid> wanted) {
    for (int i = 0; i < page.size(); i++) {
      InodeExtent extent = page.get(i);
      if (extent.at().extent() instanceof Extent.InBlock inBlock
          && Movable.is(inBlock)
          && wanted.contains(inBlock.block().cid())) {
        if (!gathering.hasRoomFor(inBlock.length())) {
          finishGathering();
          advance(page.subList(0, i));
          return;
        }
        gathering.add(extent.inode(), List.of(extent.at()));
      }
    }
    advance(page);
  }

  private void finishGathering() {
    planned = gathering;
    gathers = true;
    gathering = new Rewrite();
  }

  /** Ends a walk over all extents; tells whether there is nothing more to do for now. */
  private boolean endPhase() {
    inode = 0;
    offset = 0;
    Set<Cid> found = sparse == null ? uses.sparse() : Set.of();
    if (!gathering.isEmpty()) {
      finishGathering();
    }
    if (!found.isEmpty()) {
      sparse = found;
      return false;
    }
    sparse = null;
    walk++;
    uses = new BlockUses(walk);
    return true;
  }
}
