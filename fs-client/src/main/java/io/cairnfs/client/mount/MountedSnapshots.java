package io.cairnfs.client.mount;

import io.cairnfs.client.block.BlockClient;
import io.cairnfs.client.block.BlockCounters;
import io.cairnfs.client.content.Content;
import io.cairnfs.client.namespace.TreeNamespace;
import io.cairnfs.client.vfs.ControlSource;
import io.cairnfs.client.vfs.Failure;
import io.cairnfs.client.vfs.MountedVolume;
import io.cairnfs.client.vfs.SnapshotVfs;
import io.cairnfs.client.vfs.StatusSource;
import io.cairnfs.client.vfs.SubtreeVfs;
import io.cairnfs.client.vfs.Vfs;
import io.cairnfs.client.vfs.VfsException;
import io.cairnfs.client.wait.Deadline;
import io.cairnfs.client.wait.ImpatientThread;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.head.Snapshot;
import io.cairnfs.protocol.head.Snapshots;
import io.cairnfs.protocol.head.Usage;
import io.cairnfs.protocol.head.VolumeId;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The snapshots of a volume that is mounted, as its control directory shows them. Thread-safe. */
final class MountedSnapshots implements ControlSource {

  /** Old enough for {@code ls} to ask once, young enough for a script that has just made one. */
  private static final Duration LIST_AGE = Duration.ofMillis(200);

  /** While another session folds. */
  private static final Duration PAUSE = Duration.ofMillis(50);

  /** Room for the nodes of all snapshots that are looked into. */
  static final long CACHE_BYTES = 16L << 20;

  /** A list, and when it was asked for. */
  private record Listed(List<Snapshot> snapshots, long nanos) {}

  private final Snapshots snapshots;
  private final VolumeId volume;
  private final MountedVolume mounted;
  private final TreeNamespace.Source trees;
  private final Content content;
  private final StatusSource statusSource;
  private final BlockCounters counters;
  private final MountSettings settings;
  private volatile @Nullable Listed listed;

  MountedSnapshots(
      Snapshots snapshots,
      VolumeId volume,
      MountedVolume mounted,
      BlockClient blocks,
      Content content,
      StatusSource statusSource,
      BlockCounters counters,
      MountSettings settings) {
    this.snapshots = snapshots;
    this.volume = volume;
    this.mounted = mounted;
    this.trees = new TreeNamespace.Source(blocks, CACHE_BYTES);
    this.content = content;
    this.statusSource = statusSource;
    this.counters = counters;
    this.settings = settings;
  }

  @Override
  public List<Snapshot> snapshots() throws VfsException, InterruptedException {
    Listed known = listed;
    if (known == null || System.nanoTime() - known.nanos() > LIST_AGE.toNanos()) {
      ImpatientThread.aboutToWait();
      known = list();
      listed = known;
    }
    return known.snapshots();
  }

  private Listed list() throws VfsException, InterruptedException {
    long asked = System.nanoTime();
    try {
      return new Listed(snapshots.list(volume, Deadline.remaining()).snapshots(), asked);
    } catch (HeadException e) {
      throw new VfsException(Failure.IO, e.getMessage(), e);
    }
  }

  @Override
  public Vfs open(Snapshot snapshot) throws VfsException, InterruptedException {
    ImpatientThread.aboutToWait();
    Snapshot pinned = pinned(snapshot);
    Cid root = pinned.root();
    if (root == null) {
      throw new VfsException(Failure.NOT_FOUND);
    }
    Vfs tree = SnapshotVfs.of(trees.tree(root, pinned.usage()), content, statusSource);
    return SubtreeVfs.of(tree, settings.subdirectory(), settings.options().timeout());
  }

  /** The snapshot with its root, for which somebody has to fold; without one if it was deleted. */
  private Snapshot pinned(Snapshot snapshot) throws VfsException, InterruptedException {
    Snapshot now = snapshot;
    while (now.root() == null) {
      mounted.fold();
      Snapshot found =
          list().snapshots().stream()
              .filter(one -> one.serial() == snapshot.serial())
              .findFirst()
              .orElse(null);
      if (found == null) {
        return now;
      }
      now = found;
      if (now.root() == null) {
        if (Deadline.remaining().isZero()) {
          throw new VfsException(Failure.IO, "another mount did not fold in time", null);
        }
        Thread.sleep(PAUSE);
      }
    }
    return now;
  }

  @Override
  public String stats() {
    Usage usage = mounted.usage();
    StringBuilder text = new StringBuilder();
    line(text, "cairn_volume_bytes", usage.bytes());
    line(text, "cairn_volume_inodes", usage.inodes());
    line(text, "cairn_transactions_conflicts", mounted.conflicts());
    line(text, "cairn_block_cache_hits_total", counters.cacheHits());
    line(text, "cairn_block_cache_misses_total", counters.cacheMisses());
    line(text, "cairn_block_wrong_bodies_total", counters.wrongBodies());
    line(text, "cairn_block_repairs_total", counters.repairs());
    line(text, "cairn_block_hedges_total", counters.hedges());
    line(text, "cairn_block_rebuilt_total", counters.rebuilt());
    line(text, "cairn_block_substitutes_total", counters.substitutes());
    line(text, "cairn_block_replicas_given_up_total", counters.givenUpReplicas());
    return text.toString();
  }

  private static void line(StringBuilder text, String name, long value) {
    text.append(name).append(' ').append(value).append('\n');
  }
}
