package io.cairnfs.client.fsck;

import io.cairnfs.client.block.BlockException;
import io.cairnfs.client.block.Replicas.Replica;
import io.cairnfs.client.extent.BlockRef;
import io.cairnfs.client.extent.Extent;
import io.cairnfs.client.extent.FileExtent;
import io.cairnfs.client.extent.Outboard;
import io.cairnfs.client.fsck.ReplicaSurvey.Standing;
import io.cairnfs.client.namespace.NamespaceException;
import io.cairnfs.protocol.cid.Cid;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Checks that blocks have their replicas, many at a time, and copies them where they are missing.
 * Blocking; for one thread.
 */
final class BlockCheck {

  /** Blocks of one batch: a few questions to each node. */
  private static final int BATCH_BLOCKS = 4096;

  /** References to them, which are remembered to say what is lost with a block. */
  private static final int BATCH_USES = 1 << 16;

  /** Says where an inode is, for people. */
  @FunctionalInterface
  interface Names {
    String of(long inode) throws NamespaceException, InterruptedException;
  }

  /** Where a file refers to a block. */
  private record Use(Names names, long inode, FileExtent extent) {}

  /** What is told of a node at the end, rather than for each block. */
  private static final class NodeFault {
    private long missing;
    private long copied;
  }

  private final ReplicaSurvey survey;
  private final StripeCheck stripes;
  private final boolean read;
  private final boolean repair;
  private final Findings findings;
  private Names names;
  private final Map<Cid, List<Use>> batch = new LinkedHashMap<>();
  private final Map<Replica, NodeFault> faults = new LinkedHashMap<>();
  private final TreeSet<String> silent = new TreeSet<>();
  private int uses;
  private long treeBlocks;
  private long contentBlocks;
  private long unchecked;

  /**
   * @param names of the inodes of the volume
   */
  BlockCheck(
      ReplicaSurvey survey,
      StripeSurvey stripes,
      boolean read,
      boolean repair,
      Findings findings,
      Names names) {
    this.survey = survey;
    this.stripes = new StripeCheck(stripes, survey, read, repair, findings);
    this.read = read;
    this.repair = repair;
    this.findings = findings;
    this.names = names;
  }

  /** What comes from now on is of another tree, with other names. */
  void setNames(Names newNames) {
    names = newNames;
  }

  long treeBlocks() {
    return treeBlocks;
  }

  long contentBlocks() {
    return contentBlocks;
  }

  /** Blocks of which no node that answers could tell. */
  long unchecked() {
    return unchecked + stripes.unchecked();
  }

  void tree(Cid cid) throws NamespaceException, InterruptedException {
    treeBlocks++;
    batch.computeIfAbsent(cid, key -> new ArrayList<>(0));
    flushIfFull();
  }

  /** A file refers to a block, which is stored. */
  void content(BlockRef block, long inode, FileExtent extent)
      throws NamespaceException, InterruptedException {
    if (block instanceof BlockRef.Striped striped) {
      Use use = new Use(names, inode, extent);
      stripes.add(striped.shard(), () -> where(use));
    } else if (block.cid() != null) {
      content(block.cid(), inode, extent);
    }
  }

  private void content(Cid cid, long inode, FileExtent extent)
      throws NamespaceException, InterruptedException {
    List<Use> known =
        batch.computeIfAbsent(
            cid,
            key -> {
              contentBlocks++;
              return new ArrayList<>(1);
            });
    known.add(new Use(names, inode, extent));
    uses++;
    flushIfFull();
  }

  private void flushIfFull() throws NamespaceException, InterruptedException {
    if (batch.size() >= BATCH_BLOCKS || uses >= BATCH_USES) {
      flush();
    }
  }

  private void flush() throws NamespaceException, InterruptedException {
    for (Standing standing : survey.check(batch.keySet(), read)) {
      List<Use> by = batch.getOrDefault(standing.cid(), List.of());
      silent.addAll(ReplicaSurvey.names(standing.silent()));
      if (standing.isLost()) {
        lost(standing.cid(), by);
      } else if (standing.having().isEmpty()) {
        unchecked++;
      } else {
        examine(standing, by);
      }
    }
    batch.clear();
    uses = 0;
  }

  private void lost(Cid cid, List<Use> by) throws NamespaceException, InterruptedException {
    for (Use use : by) {
      findings.left(where(use) + ": lost, no node has a good replica of block " + cid);
    }
  }

  private String where(Use use) throws NamespaceException, InterruptedException {
    return use.names().of(use.inode())
        + ": bytes "
        + use.extent().offset()
        + " to "
        + (use.extent().end() - 1);
  }

  /** Looks at a block of which there is at least one replica. */
  private void examine(Standing standing, List<Use> by)
      throws NamespaceException, InterruptedException {
    if (!read && standing.lacking().isEmpty()) {
      return;
    }
    byte[] bytes = read || repair ? bytes(standing.cid()) : null;
    if (read && bytes != null) {
      for (Use use : by) {
        verify(use, standing.cid(), bytes);
      }
    }
    for (Replica node : standing.lacking()) {
      NodeFault fault = faults.computeIfAbsent(node, key -> new NodeFault());
      fault.missing++;
      if (repair && bytes != null && survey.copy(standing.cid(), bytes, node)) {
        fault.copied++;
      }
    }
  }

  private byte @Nullable [] bytes(Cid cid) throws InterruptedException {
    try {
      return survey.read(cid);
    } catch (BlockException e) {
      return null; // gone since it was asked for: the next check finds out
    }
  }

  /** Whether an extent is within its block, and its digests are of it. */
  private void verify(Use use, Cid cid, byte[] bytes)
      throws NamespaceException, InterruptedException {
    if (!(use.extent().extent() instanceof Extent.InBlock extent)) {
      return;
    }
    if (extent.blockOffset() + extent.length() > bytes.length) {
      findings.left(where(use) + ": lie beyond the end of block " + cid);
    }
    Outboard outboard = extent.outboard();
    for (int i = 0; outboard != null && i < outboard.chunks(); i++) {
      int from = outboard.chunkOffset(i);
      int to = from + outboard.chunkLength(i);
      if (to > bytes.length || !outboard.chunkCid(i).matches(Arrays.copyOfRange(bytes, from, to))) {
        findings.left(where(use) + ": the digests are not those of block " + cid);
        return;
      }
    }
  }

  /** Checks what is left, and tells what is wrong with nodes. */
  void finish() throws NamespaceException, InterruptedException {
    flush();
    stripes.finish();
    silent.addAll(stripes.silentNodes());
    faults.forEach(
        (node, fault) -> {
          String what =
              "node " + ReplicaSurvey.names(List.of(node)).getFirst() + " lacks a good replica of ";
          if (fault.copied > 0 || (!repair && fault.missing > 0)) {
            long blocks = repair ? fault.copied : fault.missing;
            findings.mendable(what + blocks + " blocks that it should have", "copied there");
          }
          if (repair && fault.copied < fault.missing) {
            findings.left(
                what + (fault.missing - fault.copied) + " blocks, and does not take them");
          }
        });
  }

  /** The nodes that did not answer. */
  List<String> silentNodes() {
    return List.copyOf(silent);
  }
}
