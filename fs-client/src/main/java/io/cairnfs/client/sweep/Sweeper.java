package io.cairnfs.client.sweep;

import io.cairnfs.client.block.BlockClient;
import io.cairnfs.client.namespace.NamespaceException;
import io.cairnfs.client.namespace.VolumeImage;
import io.cairnfs.protocol.block.Claim;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.head.Head;
import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.head.HeadException.Reason;
import io.cairnfs.protocol.head.HeadState;
import io.cairnfs.protocol.head.SessionId;
import io.cairnfs.protocol.head.Snapshot;
import io.cairnfs.protocol.head.Snapshots;
import io.cairnfs.protocol.head.Sweeps;
import io.cairnfs.protocol.head.VolumeId;
import io.cairnfs.protocol.identity.Key256;
import io.cairnfs.protocol.transport.Peer;
import io.cairnfs.protocol.transport.Transport;
import io.cairnfs.protocol.transport.WireException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sweeps a volume: finds everything that it needs, has every node tell what it holds for the volume
 * since earlier sweeps, and claims again what is needed of that. What a node was not asked for, it
 * keeps; what nobody claims any more goes there after its grace. Writers go on meanwhile: what they
 * store is claimed with the sweep that they know, and a head takes nothing that rests on older
 * claims than those of the sweep before.
 *
 * <p>Garbage of the time before one sweep goes with the second after it. Blocking; for one thread
 * at a time.
 *
 * <p>Source of the shape: Dijkstra et al., "On-the-fly garbage collection" (1978): what is stored
 * while the collector marks is born marked.
 */
public final class Sweeper {

  private static final Logger LOG = LoggerFactory.getLogger(Sweeper.class);

  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  /** Decoded nodes of trees that the walk keeps. */
  private static final long CACHE_BYTES = 16L << 20;

  /** Blocks that are looked at together: two hundred megabytes at most. */
  private static final int MAX_BLOCKS = 8 << 20;

  /** How often it begins again because the volume was folded at that moment. */
  private static final int TRIES = 5;

  /** More parts than the largest volume needs. */
  private static final int MAX_PARTS = 1 << 16;

  private final Head head;
  private final Sweeps sweeps;
  private final Snapshots snapshots;
  private final VolumeId volume;
  private final BlockClient blocks;
  private final NodeClaims nodes;
  private final Members members;
  private final int maxBlocks;

  /** The nodes that store blocks, as far as they are known; those that are down included. */
  @FunctionalInterface
  public interface Members {
    List<Peer> list() throws InterruptedException;
  }

  /**
   * @param blocks of the volume
   */
  public Sweeper(
      Head head,
      Sweeps sweeps,
      Snapshots snapshots,
      VolumeId volume,
      BlockClient blocks,
      Transport transport,
      Members members) {
    this(head, sweeps, snapshots, volume, blocks, transport, members, MAX_BLOCKS);
  }

  Sweeper(
      Head head,
      Sweeps sweeps,
      Snapshots snapshots,
      VolumeId volume,
      BlockClient blocks,
      Transport transport,
      Members members,
      int maxBlocks) {
    this.head = head;
    this.sweeps = sweeps;
    this.snapshots = snapshots;
    this.volume = volume;
    this.blocks = blocks;
    this.nodes = new NodeClaims(transport);
    this.members = members;
    this.maxBlocks = maxBlocks;
  }

  /**
   * Says what a sweep would find, and changes nothing. What is being written meanwhile may count as
   * dead.
   *
   * @throws NamespaceException {@code DAMAGED} if a tree cannot be walked
   */
  public SweepReport look() throws HeadException, NamespaceException, InterruptedException {
    HeadState state = head.info(volume, TIMEOUT).state();
    return pass(new Claim(volume, state.sweep() + 1), true);
  }

  /** How far the volume's history is: it grows with every change. */
  long sequence() throws HeadException, InterruptedException {
    return head.info(volume, TIMEOUT).state().sequence();
  }

  /**
   * Sweeps.
   *
   * @param session one that lives
   * @throws HeadException {@code HELD} while another session sweeps; {@code UNAVAILABLE} while a
   *     snapshot is being made
   * @throws NamespaceException {@code DAMAGED} if a tree cannot be walked: nothing goes then
   */
  public SweepReport sweep(SessionId session)
      throws HeadException, NamespaceException, InterruptedException {
    long epoch = sweeps.open(volume, session, TIMEOUT);
    Claim claim = new Claim(volume, epoch);
    SweepReport report = pass(claim, false);
    sweeps.close(volume, session, epoch, TIMEOUT);
    for (Peer node : report.marked()) {
      try {
        nodes.swept(node, claim);
      } catch (WireException e) {
        LOG.warn("{} was not told that sweep {} is over: {}", node.id(), epoch, e.getMessage());
      }
    }
    LOG.info("{}", report);
    return report;
  }

  private SweepReport pass(Claim claim, boolean only)
      throws HeadException, NamespaceException, InterruptedException {
    for (int parts = 1; parts <= MAX_PARTS; parts *= 2) {
      try {
        return pass(claim, only, parts);
      } catch (LiveBlocks.TooManyException e) {
        LOG.debug("the volume is swept in {} parts", 2 * parts);
      }
    }
    throw new IllegalStateException("no volume has so many blocks");
  }

  private SweepReport pass(Claim claim, boolean only, int parts)
      throws HeadException, NamespaceException, InterruptedException {
    SweepCount count = new SweepCount(claim.epoch());
    List<Peer> all = members.list();
    List<Peer> marked = new ArrayList<>(all);
    for (int part = 0; part < parts; part++) {
      LiveBlocks live = live(part, parts);
      count.live(live.size());
      for (Peer node : List.copyOf(marked)) {
        try {
          mark(node, claim, only, live, count);
        } catch (WireException e) {
          LOG.warn("{} keeps everything: it did not answer ({})", node.id(), e.getMessage());
          marked.remove(node);
        }
      }
    }
    return count.report(all.size(), marked);
  }

  /**
   * What is needed now, after the sweep was opened: whatever only older claims hold is in it. No
   * other tree takes the place of the volume's while a session lives, so that snapshots may be
   * looked at last.
   */
  private LiveBlocks live(int part, int parts)
      throws HeadException, NamespaceException, InterruptedException {
    for (int tried = 1; ; tried++) {
      try {
        HeadState state = head.info(volume, TIMEOUT).state();
        Set<Cid> roots = snapshotRoots();
        VolumeImage image = VolumeImage.open(head, volume, state, blocks, CACHE_BYTES);
        return LiveBlocks.find(image, roots, blocks, part, parts, maxBlocks);
      } catch (HeadException e) {
        // Refused: the deltas were folded since.
        if (e.reason() != Reason.REFUSED || tried == TRIES) {
          throw e;
        }
      }
    }
  }

  /** The roots of all snapshots, each of which has its own. */
  private Set<Cid> snapshotRoots() throws HeadException, InterruptedException {
    Set<Cid> roots = new LinkedHashSet<>();
    for (Snapshot snapshot : snapshots.list(volume, TIMEOUT).snapshots()) {
      Cid root = snapshot.root();
      if (root == null && snapshot.sequence() > 0) {
        throw new HeadException(
            Reason.UNAVAILABLE, "snapshot '" + snapshot.name() + "' is not ready; try again soon");
      }
      if (root != null) {
        roots.add(root);
      }
    }
    return roots;
  }

  private void mark(Peer node, Claim claim, boolean only, LiveBlocks live, SweepCount count)
      throws WireException, InterruptedException {
    @Nullable Key256 after = null;
    do {
      NodeClaims.Page page = nodes.older(node, claim, only, after);
      List<Key256> needed = new ArrayList<>();
      for (NodeClaims.Claimed claimed : page.claimed()) {
        if (!live.covers(claimed.digest())) {
          continue;
        }
        boolean alive = live.contains(claimed.digest());
        count.replica(alive, claimed.sizeBytes());
        if (alive) {
          needed.add(claimed.digest());
        }
      }
      if (!only && !needed.isEmpty()) {
        nodes.claim(node, claim, needed);
      }
      after = page.through();
    } while (after != null);
  }
}
