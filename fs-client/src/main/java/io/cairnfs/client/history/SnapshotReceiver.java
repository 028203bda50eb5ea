package io.cairnfs.client.history;

import io.cairnfs.client.block.BlockClient;
import io.cairnfs.client.block.BlockException;
import io.cairnfs.client.car.CarReader;
import io.cairnfs.client.extent.BlockRef;
import io.cairnfs.client.extent.Extent;
import io.cairnfs.client.extent.FileExtent;
import io.cairnfs.client.namespace.Inode;
import io.cairnfs.client.namespace.NamespaceException;
import io.cairnfs.client.namespace.TreeDiff;
import io.cairnfs.client.namespace.TreeNamespace;
import io.cairnfs.protocol.block.Block;
import io.cairnfs.protocol.block.BlockLimits;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.head.NewSnapshot;
import io.cairnfs.protocol.head.TreeOrigin;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads what {@link SnapshotSender} wrote: first the manifest, so that it can be refused, then the
 * blocks, which are stored; at last the tree is walked, so that nothing is made of a stream that
 * was cut. Blocking; for one thread.
 */
public final class SnapshotReceiver {

  /** Blocks of content that are asked for together. */
  private static final int ASK_BLOCKS = 4096;

  private final CarReader reader;
  private final SnapshotManifest manifest;

  private SnapshotReceiver(CarReader reader, SnapshotManifest manifest) {
    this.reader = reader;
    this.manifest = manifest;
  }

  /**
   * Reads as far as the manifest.
   *
   * @param in buffered; stays open
   * @throws IOException if it is no such stream
   */
  public static SnapshotReceiver open(InputStream in) throws IOException {
    CarReader reader = new CarReader(in);
    Block first = reader.next();
    if (first == null || !reader.roots().equals(List.of(first.cid()))) {
      throw new HistoryException("this is a CAR file, but none that cairn volume send made");
    }
    return new SnapshotReceiver(reader, SnapshotManifest.parse(first.bytes()));
  }

  /** The name of the snapshot. */
  public String name() {
    return manifest.name();
  }

  /** The tree whose blocks must be there already; null if none is needed. */
  public @Nullable Cid base() {
    return manifest.base();
  }

  /** What the sender calls that one. */
  public String baseName() {
    return manifest.baseName();
  }

  /** What was received, once it is stored. */
  public TreeOrigin origin() {
    return manifest.origin();
  }

  /**
   * The snapshot to be made of it.
   *
   * @param name its name here
   */
  public NewSnapshot copy(String name) {
    return NewSnapshot.copied(name, manifest.created());
  }

  /**
   * Stores all blocks, and checks that with those that the base has the tree is whole.
   *
   * @return how many blocks came
   * @throws HistoryException if something is missing
   */
  public long store(BlockClient blocks, TreeNamespace.Source trees)
      throws IOException, InterruptedException {
    List<Block> batch = new ArrayList<>();
    long bytes = 0;
    long count = 0;
    for (Block block = reader.next(); block != null; block = reader.next()) {
      int length = block.bytes().length;
      if (bytes + length > BlockLimits.MAX_BATCH_BYTES
          || batch.size() == BlockLimits.MAX_BATCH_BLOCKS) {
        blocks.put(List.copyOf(batch));
        batch.clear();
        bytes = 0;
      }
      batch.add(block);
      bytes += length;
      count++;
    }
    if (!batch.isEmpty()) {
      blocks.put(batch);
    }
    check(blocks, trees);
    return count;
  }

  private void check(BlockClient blocks, TreeNamespace.Source trees)
      throws IOException, InterruptedException {
    Check check = new Check(blocks);
    try {
      trees.compare(manifest.base(), manifest.origin().root(), check);
      check.ask();
    } catch (NamespaceException e) {
      if (e.reason() != NamespaceException.Reason.DAMAGED) {
        throw e;
      }
      throw new HistoryException("the stream is not whole, send it again: " + e.getMessage(), e);
    }
    if (check.greatestInode >= manifest.origin().nextInode()) {
      throw new HistoryException(
          "the stream is damaged: it has an inode " + check.greatestInode + " beyond the last");
    }
  }

  /** Looks whether the blocks of content are there. */
  private static final class Check implements TreeDiff.Visitor {

    private final BlockClient blocks;
    private final Set<Cid> asked = new LinkedHashSet<>();
    private long greatestInode;

    Check(BlockClient blocks) {
      this.blocks = blocks;
    }

    @Override
    public void inode(long number, @Nullable Inode before, @Nullable Inode after) {
      if (after != null) {
        greatestInode = Math.max(greatestInode, number);
      }
    }

    @Override
    public void extent(long inode, @Nullable FileExtent after)
        throws NamespaceException, InterruptedException {
      if (after == null || !(after.extent() instanceof Extent.InBlock extent)) {
        return;
      }
      if (extent.block() instanceof BlockRef.Striped striped) {
        add(striped.shard().stripe());
        add(striped.shard().cid());
        return;
      }
      Cid cid = extent.block().cid();
      if (cid != null) {
        add(cid);
      }
    }

    private void add(Cid cid) throws NamespaceException, InterruptedException {
      if (asked.add(cid) && asked.size() >= ASK_BLOCKS) {
        ask();
      }
    }

    void ask() throws NamespaceException, InterruptedException {
      try {
        asked.removeAll(blocks.have(asked));
        for (Cid cid : asked) {
          blocks.get(cid); // a node may be silent, or a substitute have it
        }
      } catch (BlockException e) {
        boolean missing = e.reason() == BlockException.Reason.NOT_FOUND;
        throw new NamespaceException(
            missing ? NamespaceException.Reason.DAMAGED : NamespaceException.Reason.UNAVAILABLE,
            "blocks: " + e.getMessage(),
            e);
      }
      asked.clear();
    }
  }
}
