package io.cairnfs.client.fsck;

import io.cairnfs.client.namespace.VolumeImage;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.head.Commit;
import io.cairnfs.protocol.head.CommitOutcome;
import io.cairnfs.protocol.head.Head;
import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.head.HeadState;
import io.cairnfs.protocol.head.SessionGrant;
import io.cairnfs.protocol.head.SessionId;
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
final class HeldVolume implements AutoCloseable {

  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final Logger LOG = LoggerFactory.getLogger(HeldVolume.class);

  private final Head head;
  private final VolumeId volume;
  private final SessionId session;
  private final SessionGrant grant;
  private final Thread renewer;

  private HeldVolume(Head head, VolumeId volume, SessionId session, SessionGrant grant) {
    this.head = head;
    this.volume = volume;
    this.session = session;
    this.grant = grant;
    renewer = Thread.ofVirtual().name("fsck-lease").unstarted(this::renew);
  }

  /**
   * Takes the lease.
   *
   * @throws HeadException {@code HELD} with a message that names the holder
   */
  static HeldVolume take(Head head, VolumeId volume, String holder)
      throws HeadException, InterruptedException {
    SessionId session = SessionId.random();
    SessionGrant grant = head.openAlone(volume, session, holder, TIMEOUT);
    HeldVolume held = new HeldVolume(head, volume, session, grant);
    held.renewer.start();
    return held;
  }

  HeadState state() {
    return grant.state();
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

  /** A number that no inode has or had. */
  long newInode() throws HeadException, InterruptedException {
    return head.grantInodes(volume, session, 1, TIMEOUT).first();
  }

  /** Puts another tree in the place of all that the volume was when the lease was taken. */
  void replace(Cid root) throws HeadException, InterruptedException {
    @Nullable Cid before = state().root();
    head.fold(volume, session, before, root, state().sequence(), TIMEOUT);
  }

  /** Corrects the head's count of what the volume holds. The only commit of this session. */
  void charge(Usage difference) throws HeadException, InterruptedException {
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
