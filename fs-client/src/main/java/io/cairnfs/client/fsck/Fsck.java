package io.cairnfs.client.fsck;

import io.cairnfs.client.block.BlockClient;
import io.cairnfs.client.history.HeldVolume;
import io.cairnfs.client.namespace.NamespaceException;
import io.cairnfs.client.namespace.NamespaceOptions;
import io.cairnfs.client.namespace.TreeNamespace;
import io.cairnfs.client.namespace.VolumeImage;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.head.Head;
import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.head.HeadState;
import io.cairnfs.protocol.head.Snapshot;
import io.cairnfs.protocol.head.Usage;
import io.cairnfs.protocol.head.VolumeId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;

/**
 * Checks a volume and mends it: head, tree, namespace, content and replicas. A facade.
 *
 * <p>One walk over the map in the order of its keys, with a row in memory for each inode; repairs
 * become a new tree that replaces the old one at once, so that a check that dies has changed
 * nothing but copied blocks. Blocking; for one thread.
 */
public final class Fsck {

  /** How often a check beside a mount begins again because the mount has folded. */
  private static final int TRIES = 5;

  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  /** Greater than any number that is ever granted. */
  private static final long UNUSED_INODE = Long.MAX_VALUE - 1;

  private static final FsckReport NOTHING = new FsckReport(0, 0, 0, 0, 0, 0, 0);

  /** Who hears of a check. */
  public interface Listener {

    /** Something is wrong, in words. */
    void found(String what);

    /** So many records were looked at. */
    void progress(long records);

    /** Nodes did not answer, so that their replicas could not be checked. */
    void silent(List<String> nodes);
  }

  /** The snapshots of the volume, asked for when they are needed. */
  @FunctionalInterface
  public interface SnapshotSource {
    List<Snapshot> list() throws HeadException, InterruptedException;
  }

  private final Head head;
  private final SnapshotSource snapshots;
  private final VolumeId volume;
  private final ReplicaSurvey survey;
  private final StripeSurvey stripes;
  private final BlockClient blocks;
  private final FsckOptions options;
  private final Listener listener;

  /**
   * @param blocks stores what repairs make
   */
  public Fsck(
      Head head,
      SnapshotSource snapshots,
      VolumeId volume,
      ReplicaSurvey survey,
      StripeSurvey stripes,
      BlockClient blocks,
      FsckOptions options,
      Listener listener) {
    this.head = head;
    this.snapshots = snapshots;
    this.volume = volume;
    this.survey = survey;
    this.stripes = stripes;
    this.blocks = new SurveyedBlocks(survey, blocks);
    this.options = options;
    this.listener = listener;
  }

  /**
   * Checks.
   *
   * @throws HeadException {@code HELD} with a message that names who has the volume mounted
   * @throws NamespaceException {@code UNAVAILABLE} if nodes that may have a part of the tree do not
   *     answer: nothing is concluded then, and nothing changed
   */
  public FsckReport run() throws HeadException, NamespaceException, InterruptedException {
    if (options.beside()) {
      return besideMount();
    }
    try (HeldVolume held = HeldVolume.take(head, volume, options.holder())) {
      if (isNew(held.state())) {
        return NOTHING;
      }
      if (options.repair()) {
        held.pinSnapshots(blocks);
      }
      VolumeImage image = open(held.state());
      Check check = new Check(image, held::newInode);
      Usage usage = check.run();
      check.compareUsage(held.state().usage(), usage);
      if (options.repair()) {
        if (image.isChanged()) {
          held.replace(image.store());
        }
        Usage before = held.state().usage();
        if (!usage.equals(before)) {
          held.charge(new Usage(usage.bytes() - before.bytes(), usage.inodes() - before.inodes()));
        }
      }
      return check.report();
    }
  }

  /** Whether nobody mounted it yet: the first mount makes its root. */
  private static boolean isNew(HeadState state) {
    return state.sequence() == 0;
  }

  private FsckReport besideMount() throws HeadException, NamespaceException, InterruptedException {
    for (int tries = 1; ; tries++) {
      HeadState state = head.info(volume, TIMEOUT).state();
      if (isNew(state)) {
        return NOTHING;
      }
      VolumeImage image;
      try {
        image = open(state);
      } catch (HeadException e) {
        if (e.reason() != HeadException.Reason.REFUSED || tries == TRIES) {
          throw e;
        }
        continue; // folded meanwhile
      }
      Check check = new Check(image, () -> UNUSED_INODE);
      check.compareUsage(state.usage(), check.run());
      return check.report();
    }
  }

  private VolumeImage open(HeadState state)
      throws HeadException, NamespaceException, InterruptedException {
    return VolumeImage.open(head, volume, state, blocks, NamespaceOptions.DEFAULT_CACHE_BYTES);
  }

  private static long nowNanos() {
    Instant now = Instant.now();
    return now.getEpochSecond() * 1_000_000_000L + now.getNano();
  }

  /** One pass. */
  private final class Check {

    private final InodeTable table = new InodeTable();
    private final Findings findings;
    private final VolumeImage image;
    private final BlockCheck blockCheck;
    private final NamespaceCheck namespace;
    private final TreeRules rules;

    Check(VolumeImage image, TreeRules.InodeSource inodes) {
      this.image = image;
      Consumer<String> out = listener::found;
      findings = new Findings(out, options.repair());
      Paths paths = new Paths(table, image);
      blockCheck =
          new BlockCheck(
              survey,
              stripes,
              options.readBytes(),
              options.repair(),
              findings,
              inode -> paths.of(inode));
      namespace =
          new NamespaceCheck(
              table,
              findings,
              paths,
              image.edits(),
              blockCheck,
              listener::progress,
              Fsck::nowNanos);
      // Without a repair nothing is made: a number that none has will do.
      TreeRules.InodeSource source = options.repair() ? inodes : () -> UNUSED_INODE;
      rules = new TreeRules(table, findings, paths, image, source, Fsck::nowNanos);
    }

    /** Returns what the volume holds. */
    Usage run() throws HeadException, NamespaceException, InterruptedException {
      image.walk(namespace);
      namespace.end();
      Usage usage = rules.check(namespace);
      checkSnapshots();
      blockCheck.finish();
      if (!blockCheck.silentNodes().isEmpty()) {
        listener.silent(blockCheck.silentNodes());
      }
      return usage;
    }

    /** Checks what the snapshots' trees do not share with the volume's. */
    private void checkSnapshots() throws HeadException, NamespaceException, InterruptedException {
      TreeNamespace.Source trees =
          new TreeNamespace.Source(blocks, NamespaceOptions.DEFAULT_CACHE_BYTES);
      for (Snapshot snapshot : snapshots.list()) {
        Cid root = snapshot.root();
        if (root != null) { // else it is of what is not folded, which was checked
          image.walkSnapshot(root, new SnapshotCheck(snapshot, trees, blockCheck, findings));
        }
      }
    }

    void compareUsage(Usage head, Usage found) {
      if (!head.equals(found)) {
        findings.mendable(
            "the head counts "
                + head.bytes()
                + " bytes and "
                + head.inodes()
                + " inodes, there are "
                + found.bytes()
                + " and "
                + found.inodes(),
            "corrected");
      }
    }

    FsckReport report() {
      boolean repaired = options.repair();
      return new FsckReport(
          table.size(),
          namespace.names(),
          blockCheck.treeBlocks(),
          blockCheck.contentBlocks(),
          repaired ? findings.mendable() : 0,
          findings.left() + (repaired ? 0 : findings.mendable()),
          blockCheck.unchecked());
    }
  }
}
