package io.cairnfs.client.namespace;

import io.cairnfs.client.block.BlockClient;
import io.cairnfs.client.wait.Deadline;
import io.cairnfs.protocol.head.Head;
import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.head.SessionGrant;
import io.cairnfs.protocol.head.SessionId;
import java.time.Duration;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens sessions: takes the lease, or joins those that have the volume, brings the overlay to where
 * the head is, and founds the root directory of a new volume. After a session's death a new one is
 * opened in the same way. Thread-safe.
 */
public final class NamespaceOpener {

  /** Everybody may look, its owner may write. */
  private static final int ROOT_PERMISSIONS = 0755;

  /** What a mount needs to share is mostly one round trip. */
  private static final Duration RECALL_PAUSE = Duration.ofMillis(50);

  private static final Duration RELEASE_TIMEOUT = Duration.ofSeconds(1);
  private static final Logger LOG = LoggerFactory.getLogger(NamespaceOpener.class);

  private final Head head;
  private final BlockClient blocks;
  private final LeaseClock clock;

  public NamespaceOpener(Head head, BlockClient blocks, LeaseClock clock) {
    this.head = head;
    this.blocks = blocks;
    this.clock = clock;
  }

  /**
   * Opens a session. Ends within the current {@link Deadline}.
   *
   * @throws HeadException {@code HELD} or {@code RECALLING} with a message that names the holder,
   *     and whatever else the head says
   */
  public NamespaceSession open(NamespaceOptions options, DeathListener deathListener)
      throws HeadException, NamespaceException, InterruptedException {
    SessionId id = SessionId.random();
    Opened opening = join(options, id);
    SessionGrant grant = opening.grant();
    Lease lease = new Lease(clock, grant.lease(), opening.sentNanos());
    blocks.sweepOpened(grant.state().sweep());
    HeadSession headSession = new HeadSession(head, options.volume(), id, lease, blocks);
    NamespaceSession session =
        new NamespaceSession(headSession, lease, grant, blocks, options, deathListener);
    session.startRenewing();
    boolean opened = false;
    try {
      new History(head, options.volume()).replay(grant.state(), session::replay);
      session.startCommitting();
      if (grant.state().sequence() == 0) {
        foundRoot(options, session);
      }
      session.startWatching();
      opened = true;
      return session;
    } finally {
      if (!opened) {
        session.abandon();
        release(options, id);
      }
    }
  }

  /** What was granted, and when that was asked for. */
  private record Opened(SessionGrant grant, long sentNanos) {}

  /** Opens a session, as soon as one that has the volume for itself has made room. */
  private Opened join(NamespaceOptions options, SessionId id)
      throws HeadException, InterruptedException {
    while (true) {
      long sent = clock.nanos();
      try {
        return new Opened(
            head.open(options.volume(), id, options.holder(), Deadline.remaining()), sent);
      } catch (HeadException e) {
        if (e.reason() != HeadException.Reason.RECALLING
            || Deadline.remaining().compareTo(RECALL_PAUSE) <= 0) {
          throw e;
        }
      }
      Thread.sleep(RECALL_PAUSE);
    }
  }

  /** Frees the lease of a session that could not be opened, so that the next try is not refused. */
  private void release(NamespaceOptions options, SessionId id) throws InterruptedException {
    try {
      head.close(options.volume(), id, RELEASE_TIMEOUT);
    } catch (HeadException e) {
      LOG.debug("The lease was not released and runs out by itself: {}", e.getMessage());
    }
  }

  private static void foundRoot(NamespaceOptions options, NamespaceSession session)
      throws NamespaceException, InterruptedException {
    Instant now = Instant.now();
    long nanos = now.getEpochSecond() * 1_000_000_000L + now.getNano();
    session.<Boolean, RuntimeException>update(
        transaction -> {
          Inode root =
              new Inode(
                  FileType.DIRECTORY,
                  ROOT_PERMISSIONS,
                  options.rootUid(),
                  options.rootGid(),
                  1,
                  0,
                  nanos,
                  Inode.NO_TARGET);
          transaction.putInode(NamespaceView.ROOT, root);
          transaction.putTimes(NamespaceView.ROOT, new InodeTimes(nanos, nanos, nanos, 0, 0, 0));
          return true;
        });
    session.syncAll();
  }
}
