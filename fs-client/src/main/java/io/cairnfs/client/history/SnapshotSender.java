package io.cairnfs.client.history;

import io.cairnfs.client.block.BlockClient;
import io.cairnfs.client.block.Chunk;
import io.cairnfs.client.car.CarWriter;
import io.cairnfs.client.extent.BlockRef;
import io.cairnfs.client.extent.Extent;
import io.cairnfs.client.extent.FileExtent;
import io.cairnfs.client.namespace.InodeExtent;
import io.cairnfs.client.namespace.NamespaceException;
import io.cairnfs.client.namespace.TreeDiff;
import io.cairnfs.client.namespace.TreeNamespace;
import io.cairnfs.protocol.block.Block;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.erasure.Shard;
import io.cairnfs.protocol.head.Snapshot;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/**
 * Writes a snapshot as a CAR file: the manifest, then the blocks of its tree and of its files'
 * content, without those that a base has. Of a block in a stripe that is the shard, and the
 * stripe's description: whoever receives them keeps them as blocks like others. Memory is bounded,
 * so that a block that is referred to from far apart may be sent more than once. Blocking; for one
 * thread.
 */
public final class SnapshotSender {

  /** Blocks of content that are gathered before they are sent: some tens of megabytes of names. */
  private static final int BATCH_BLOCKS = 1 << 17;

  /** Blocks that are fetched at a time, to be written in order. */
  private static final int AHEAD = 8;

  /** What reading one extent's record of the base costs, in bytes of its tree. */
  private static final long EXTENT_BYTES = 64;

  /** A block of content is a mebibyte at most, so a volume has at least so many extents. */
  private static final long CONTENT_BYTES = 1 << 20;

  private static final int PAGE = 4096;

  private final TreeNamespace.Source trees;
  private final BlockClient blocks;

  public SnapshotSender(TreeNamespace.Source trees, BlockClient blocks) {
    this.trees = trees;
    this.blocks = blocks;
  }

  /**
   * Sends.
   *
   * @param snapshot has its root
   * @param base has its root, and is there where this is received; null for nothing
   * @return how many blocks were sent
   */
  public long send(Snapshot snapshot, @Nullable Snapshot base, OutputStream out)
      throws IOException, InterruptedException {
    Block manifest = SnapshotManifest.of(snapshot, base).toBlock();
    CarWriter writer = new CarWriter(out, manifest.cid());
    writer.write(manifest);
    Sending sending = new Sending(writer, base);
    Cid from = base == null ? null : base.root();
    try {
      trees.compare(from, Objects.requireNonNull(snapshot.root()), sending);
      sending.sendContent();
      sending.fetched(0);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    out.flush();
    return sending.sent;
  }

  /** The blocks of one file. */
  private final class Sending implements TreeDiff.Visitor {

    private final CarWriter writer;
    private final @Nullable Snapshot base;
    private final Queue<FutureTask<Block>> underWay = new ArrayDeque<>();

    /** Content to be sent, and how much of each block is referred to. */
    private final Map<Cid, Long> content = new LinkedHashMap<>();

    /** How those of it are read that are shards. */
    private final Map<Cid, Shard> shards = new HashMap<>();

    private Set<Cid> lastSent = Set.of();
    private long sent;

    Sending(CarWriter writer, @Nullable Snapshot base) {
      this.writer = writer;
      this.base = base;
    }

    @Override
    public void treeBlock(Cid cid) throws NamespaceException, InterruptedException {
      fetch(cid);
    }

    @Override
    public void extent(long inode, @Nullable FileExtent after)
        throws NamespaceException, InterruptedException {
      if (after == null || !(after.extent() instanceof Extent.InBlock extent)) {
        return;
      }
      if (extent.block() instanceof BlockRef.Striped striped) {
        shards.put(striped.shard().cid(), striped.shard());
        add(striped.shard().stripe(), 1);
      }
      Cid cid = whereItIs(extent.block());
      if (cid != null) {
        add(cid, extent.length());
      }
    }

    private void add(Cid cid, long length) throws NamespaceException, InterruptedException {
      if (!lastSent.contains(cid)) {
        content.merge(cid, length, Long::sum);
        if (content.size() >= BATCH_BLOCKS) {
          sendContent();
        }
      }
    }

    /** The name of the block or shard that has its bytes. */
    private static @Nullable Cid whereItIs(BlockRef block) {
      return block instanceof BlockRef.Striped striped ? striped.shard().cid() : block.cid();
    }

    /** Sends what was gathered and the base does not have. */
    void sendContent() throws NamespaceException, InterruptedException {
      leaveOutBase();
      for (Cid cid : content.keySet()) {
        fetch(cid);
      }
      lastSent = new LinkedHashSet<>(content.keySet());
      content.clear();
      shards.clear();
    }

    /**
     * Copies of files refer to blocks that the base has. All of its extents are read to find them,
     * where that is less to read than what it may spare.
     */
    private void leaveOutBase() throws NamespaceException, InterruptedException {
      if (base == null) {
        return;
      }
      long bytes = content.values().stream().mapToLong(Long::longValue).sum();
      long extents = base.usage().inodes() + base.usage().bytes() / CONTENT_BYTES;
      if (bytes <= extents * EXTENT_BYTES) {
        return;
      }
      TreeNamespace tree = trees.tree(Objects.requireNonNull(base.root()), base.usage());
      long inode = 0;
      long offset = 0;
      while (!content.isEmpty()) {
        long fromInode = inode;
        long fromOffset = offset;
        List<InodeExtent> page =
            tree.<List<InodeExtent>, RuntimeException>read(
                view -> view.extentsFrom(fromInode, fromOffset, PAGE));
        for (InodeExtent found : page) {
          if (found.at().extent() instanceof Extent.InBlock extent) {
            content.remove(whereItIs(extent.block()));
          }
        }
        if (page.size() < PAGE) {
          return;
        }
        inode = page.getLast().inode();
        offset = page.getLast().at().offset() + 1;
      }
    }

    private void fetch(Cid cid) throws NamespaceException, InterruptedException {
      Shard shard = shards.get(cid);
      FutureTask<Block> task =
          new FutureTask<>(
              () ->
                  new Block(
                      cid, shard == null ? blocks.get(cid) : blocks.get(Chunk.sealed(shard))));
      Thread.ofVirtual().name("send-fetch").start(task);
      underWay.add(task);
      fetched(AHEAD);
    }

    /** Writes, in order, all but so many of the blocks that are on their way. */
    private void fetched(int left) throws NamespaceException, InterruptedException {
      while (underWay.size() > left) {
        try {
          writer.write(underWay.remove().get());
          sent++;
        } catch (ExecutionException e) {
          Throwable cause = Objects.requireNonNullElse(e.getCause(), e);
          throw new NamespaceException(
              NamespaceException.Reason.UNAVAILABLE, "blocks: " + cause.getMessage(), e);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }
}
