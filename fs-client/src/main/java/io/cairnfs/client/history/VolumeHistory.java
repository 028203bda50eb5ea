package io.cairnfs.client.history;

import io.cairnfs.client.block.BlockClient;
import io.cairnfs.client.block.ScratchBlocks;
import io.cairnfs.client.namespace.TreeNamespace;
import io.cairnfs.client.namespace.VolumeFold;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.head.Head;
import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.head.HeadLimits;
import io.cairnfs.protocol.head.HeadState;
import io.cairnfs.protocol.head.NewSnapshot;
import io.cairnfs.protocol.head.Snapshot;
import io.cairnfs.protocol.head.SnapshotList;
import io.cairnfs.protocol.head.Snapshots;
import io.cairnfs.protocol.head.TreeOrigin;
import io.cairnfs.protocol.head.VolumeId;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The snapshots of one volume, for who works with them from outside of a mount: a facade over the
 * head, the blocks and folds. Blocking; for one thread.
 */
public final class VolumeHistory {

  /** For one question to the head: a person waits. */
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private static final Duration DRAIN_TIMEOUT = Duration.ofSeconds(15);

  /** How long a mount may take to fold to where a snapshot was taken. */
  private static final Duration FOLD_TIMEOUT = Duration.ofSeconds(60);

  private static final Duration PAUSE = Duration.ofMillis(50);

  /** Room for the nodes of trees that are compared. */
  private static final long CACHE_BYTES = 32L << 20;

  /** How often a look beside a mount begins again because the mount has folded. */
  private static final int TRIES = 5;

  private final Head head;
  private final Snapshots snapshots;
  private final VolumeId volume;
  private final BlockClient blocks;
  private final String holder;

  /**
   * @param holder names who does this to people, such as {@code host:pid:rollback}
   */
  public VolumeHistory(
      Head head, Snapshots snapshots, VolumeId volume, BlockClient blocks, String holder) {
    this.head = head;
    this.snapshots = snapshots;
    this.volume = volume;
    this.blocks = blocks;
    this.holder = holder;
  }

  /**
   * A snapshot that was made.
   *
   * @param complete whether all that mounts had in memory is in it
   */
  public record Created(Snapshot snapshot, boolean complete) {}

  /**
   * Records a snapshot, in one step of the head. Who has the volume mounted is asked to commit what
   * it has before; if that takes too long, the snapshot is of what is committed.
   */
  public Created create(String name) throws IOException, InterruptedException {
    if (list().find(name).isPresent()) {
      throw new HistoryException("the volume has a snapshot '" + name + "' already");
    }
    boolean complete =
        head.info(volume, TIMEOUT).holder().isEmpty()
            || snapshots.drain(volume, HeadLimits.MAX_DRAIN_WAIT, DRAIN_TIMEOUT);
    return new Created(snapshots.create(volume, NewSnapshot.named(name), TIMEOUT), complete);
  }

  public SnapshotList list() throws HeadException, InterruptedException {
    return snapshots.list(volume, TIMEOUT);
  }

  /**
   * A snapshot by its name.
   *
   * @throws HistoryException if there is none
   */
  public Snapshot find(String name) throws IOException, InterruptedException {
    return list()
        .find(name)
        .orElseThrow(
            () ->
                new HistoryException(
                    "no snapshot '"
                        + name
                        + "'; cairn volume snapshot list shows those there are"));
  }

  /**
   * A snapshot with its root. Where it has none yet, this folds if nobody has the volume mounted,
   * and else waits for who has.
   */
  public Snapshot pinned(String name) throws IOException, InterruptedException {
    long end = System.nanoTime() + FOLD_TIMEOUT.toNanos();
    boolean asked = false;
    while (true) {
      Snapshot snapshot = find(name);
      if (snapshot.root() != null) {
        return snapshot;
      }
      String mountedBy = head.info(volume, TIMEOUT).holder();
      if (mountedBy.isEmpty()) {
        pin();
      } else if (System.nanoTime() - end > 0) {
        throw new HistoryException(
            "snapshot '"
                + name
                + "' cannot be read yet: "
                + mountedBy
                + " has the volume mounted and has not folded; try again, or unmount it");
      } else if (!asked) {
        asked = true;
        snapshots.drain(volume, Duration.ZERO, TIMEOUT); // who commits for that folds next
      } else {
        Thread.sleep(PAUSE);
      }
    }
  }

  private void pin() throws IOException, InterruptedException {
    try (HeldVolume held = HeldVolume.take(head, volume, holder)) {
      held.folding(blocks).pinSnapshots();
    } catch (HeadException e) {
      if (e.reason() != HeadException.Reason.HELD) {
        throw e;
      }
      // mounted meanwhile: that mount folds
    }
  }

  /** What a snapshot is to a volume that goes on from it. */
  public static TreeOrigin origin(Snapshot pinned) {
    Cid root = Objects.requireNonNull(pinned.root(), "a pinned snapshot has a root");
    return new TreeOrigin(root, pinned.usage(), pinned.nextInode());
  }

  /**
   * Makes the volume what it was at a snapshot. What it is before gets a snapshot of its own.
   *
   * @param seize whether to take the volume from who has it mounted
   * @return the snapshot of what was before
   * @throws HeadException {@code HELD} if it is mounted and must not be seized
   */
  public Snapshot rollback(String name, boolean seize) throws IOException, InterruptedException {
    find(name);
    try (HeldVolume held =
        seize
            ? HeldVolume.seize(head, snapshots, volume, holder)
            : HeldVolume.take(head, volume, holder)) {
      HeadState state = held.folding(blocks).everything();
      TreeOrigin origin = origin(find(name));
      Snapshot before =
          snapshots.create(volume, NewSnapshot.named("before-rollback-" + now()), TIMEOUT);
      held.restore(snapshots, state.sequence(), origin);
      return before;
    }
  }

  /**
   * Makes a tree that was received the volume's newest state, and a snapshot. The volume is what it
   * was at {@code base}, or gets a snapshot of what it is.
   *
   * @param base the root that the tree goes on from
   * @param overwrite whether the volume may be something else than at {@code base}
   */
  public void advance(Cid base, TreeOrigin origin, NewSnapshot copy, boolean overwrite)
      throws IOException, InterruptedException {
    try (HeldVolume held = HeldVolume.take(head, volume, holder)) {
      HeadState state = held.folding(blocks).everything();
      if (!isStill(base, state)) {
        if (!overwrite) {
          throw new HistoryException(
              "the volume has changed since the snapshot that this goes on from; --yes puts what"
                  + " is received in place, and keeps a snapshot of what is there");
        }
        snapshots.create(volume, NewSnapshot.named("before-receive-" + now()), TIMEOUT);
      }
      held.restore(snapshots, state.sequence(), origin);
      snapshots.create(volume, copy, TIMEOUT);
    }
  }

  private static Instant now() {
    return Instant.now().truncatedTo(ChronoUnit.MILLIS);
  }

  /** Whether all that changed since is when files were read. */
  private boolean isStill(Cid base, HeadState folded) throws IOException, InterruptedException {
    Cid root = folded.root();
    return root != null && SnapshotDiff.between(trees(), base, root).isEmpty();
  }

  /**
   * What differs between two snapshots, by path.
   *
   * @param to null for what is committed now
   */
  public List<PathChange> diff(String from, @Nullable String to)
      throws IOException, InterruptedException {
    Cid before = Objects.requireNonNull(pinned(from).root());
    if (to != null) {
      Cid after = Objects.requireNonNull(pinned(to).root());
      return SnapshotDiff.between(new TreeNamespace.Source(blocks, CACHE_BYTES), before, after);
    }
    for (int tries = 1; ; tries++) {
      try {
        ScratchBlocks scratch = new ScratchBlocks(blocks);
        HeadState state = head.info(volume, TIMEOUT).state();
        Cid after = VolumeFold.preview(head, volume, state, scratch, CACHE_BYTES);
        return SnapshotDiff.between(new TreeNamespace.Source(scratch, CACHE_BYTES), before, after);
      } catch (HeadException e) {
        if (e.reason() != HeadException.Reason.REFUSED || tries == TRIES) {
          throw e;
        }
      }
    }
  }

  /** The trees of the volume's snapshots. */
  public TreeNamespace.Source trees() {
    return new TreeNamespace.Source(blocks, CACHE_BYTES);
  }
}
