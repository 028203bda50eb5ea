package io.cairnfs.client.history;

import io.cairnfs.client.block.BlockClient;
import io.cairnfs.client.namespace.NamespaceException;
import io.cairnfs.client.namespace.VolumeFold;
import io.cairnfs.client.namespace.VolumeImage;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.head.Commit;
import io.cairnfs.protocol.head.CommitOutcome;
import io.cairnfs.protocol.head.Head;
import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.head.HeadState;
import io.cairnfs.protocol.head.SessionGrant;
import io.cairnfs.protocol.head.SessionId;
import io.cairnfs.protocol.head.Snapshots;
import io.cairnfs.protocol.head.TreeOrigin;
import io.cairnfs.protocol.head.Usage;
import io.cairnfs.protocol.head.VolumeId;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A volume under the exclusive lease, which is renewed for as long as this is open: nobody changes
 * it meanwhile. Should the lease be lost all the same, its head refuses what this wants to change.
 */
public final class HeldVolume implements AutoCloseable {

  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  /** Room for the nodes that a fold looks at again. */
  private static final long FOLD_CACHE_BYTES = 16L << 20;

  private static final Logger LOG = LoggerFactory.getLogger(HeldVolume.class);

  private final Head head;
  private final VolumeId volume;
  private final SessionId session;
  private final SessionGrant grant;
  private volatile HeadState state;
  private final Thread renewer;

  private HeldVolume(Head head, VolumeId volume, SessionId session, SessionGrant grant) {
    this.head = head;
    this.volume = volume;
    this.session = session;
    this.grant = grant;
    this.state = grant.state();
    renewer = Thread.ofVirtual().name("held-lease").unstarted(this::renew);
  }

  /**
   * Takes the lease.
   *
   * @throws HeadException {@code HELD} with a message that names the holder
   */
  public static HeldVolume take(Head head, VolumeId volume, String holder)
      throws HeadException, InterruptedException {
    SessionId session = SessionId.random();
    return started(head, volume, session, head.openAlone(volume, session, holder, TIMEOUT));
  }

  /** As {@link #take}, and whoever holds the volume loses it: what was not committed is lost. */
  public static HeldVolume seize(Head head, Snapshots snapshots, VolumeId volume, String holder)
      throws HeadException, InterruptedException {
    SessionId session = SessionId.random();
    return started(head, volume, session, snapshots.seize(volume, session, holder, TIMEOUT));
  }

  private static HeldVolume started(
      Head head, VolumeId volume, SessionId session, SessionGrant grant) {
    HeldVolume held = new HeldVolume(head, volume, session, grant);
    held.renewer.start();
    return held;
  }

  /** Where the head was when the lease was taken, or after the last fold by this. */
  public HeadState state() {
    return state;
  }

  /** Gives every snapshot its root that has none. */
  public void pinSnapshots(BlockClient blocks)
      throws HeadException, NamespaceException, InterruptedException {
    folding(blocks).pinSnapshots();
    state = head.info(volume, TIMEOUT).state();
  }

  private void renew() {
    try {
      while (true) {
        Thread.sleep(grant.lease().dividedBy(3));
        try {
          head.renew(volume, session, grant.lease());
        } catch (HeadException e) {
          LOG.warn("The lease was not renewed: {}", e.getMessage());
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // by close
    }
  }

  /** Folds by this session. */
  public VolumeFold folding(BlockClient blocks) {
    return VolumeFold.of(head, volume, session, blocks, FOLD_CACHE_BYTES);
  }

  /**
   * Makes another tree the volume's root, as the next step of its history.
   *
   * @param sequence where the history is, all of it folded
   */
  public void restore(Snapshots snapshots, long sequence, TreeOrigin origin)
      throws HeadException, InterruptedException {
    snapshots.restore(volume, session, sequence, origin, TIMEOUT);
  }

  /** A number that no inode has or had. */
  public long newInode() throws HeadException, InterruptedException {
    return head.grantInodes(volume, session, 1, TIMEOUT).first();
  }

  /** Puts another tree in the place of all that the volume was when the lease was taken. */
  public void replace(Cid root) throws HeadException, InterruptedException {
    @Nullable Cid before = state().root();
    head.fold(volume, session, before, root, state().sequence(), Commit.NO_CLAIM, TIMEOUT);
  }

  /** Corrects the head's count of what the volume holds. The only commit of this session. */
  public void charge(Usage difference) throws HeadException, InterruptedException {
    Commit nothing =
        new Commit(state().sequence(), List.of(), List.of(), difference, VolumeImage.nothing());
    List<CommitOutcome> outcomes =
        head.commit(volume, session, 1, 0, List.of(nothing), TIMEOUT).outcomes();
    if (!(outcomes.getFirst() instanceof CommitOutcome.Committed)) {
      throw new HeadException(
          HeadException.Reason.REFUSED, "the usage was not corrected: " + outcomes.getFirst());
    }
  }

  @Override
  public void close() {
    renewer.interrupt();
    try {
      head.close(volume, session, TIMEOUT);
    } catch (HeadException e) {
      LOG.warn("The lease was not released and runs out by itself: {}", e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // likewise
    }
  }
}
