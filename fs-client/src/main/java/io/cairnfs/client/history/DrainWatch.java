package io.cairnfs.client.history;

import io.cairnfs.client.vfs.MountedVolume;
import io.cairnfs.client.vfs.VfsException;
import io.cairnfs.client.wait.Deadline;
import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.head.SessionId;
import io.cairnfs.protocol.head.Snapshots;
import io.cairnfs.protocol.head.VolumeId;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hears when a snapshot of a mounted volume is about to be taken: stores and commits what the mount
 * has in memory, says so, and then folds, so that the snapshot gets its root. On a thread of its
 * own, until it is closed.
 */
public final class DrainWatch implements AutoCloseable {

  /** How long one question waits for a wish. */
  private static final Duration WAIT = Duration.ofSeconds(5);

  /** The snapshot is taken as soon as the head hears that all is committed. */
  private static final Duration UNTIL_FOLD = Duration.ofMillis(300);

  private static final Duration ANSWER = Duration.ofSeconds(20);
  private static final Duration AFTER_FAILURE = Duration.ofSeconds(2);
  private static final Logger LOG = LoggerFactory.getLogger(DrainWatch.class);

  private final Snapshots snapshots;
  private final VolumeId volume;
  private final MountedVolume mounted;
  private final Duration timeout;
  private final Thread thread;
  private long drained;
  private boolean foldIsDue;

  private DrainWatch(
      Snapshots snapshots, VolumeId volume, MountedVolume mounted, Duration timeout) {
    this.snapshots = snapshots;
    this.volume = volume;
    this.mounted = mounted;
    this.timeout = timeout;
    this.thread = Thread.ofVirtual().name("cairn-drain").unstarted(this::run);
  }

  /**
   * Begins to listen.
   *
   * @param timeout what storing, or folding, may take
   */
  public static DrainWatch start(
      Snapshots snapshots, VolumeId volume, MountedVolume mounted, Duration timeout) {
    DrainWatch watch = new DrainWatch(snapshots, volume, mounted, timeout);
    watch.thread.start();
    return watch;
  }

  private void run() {
    try {
      while (true) {
        try {
          listen();
        } catch (HeadException | VfsException e) {
          LOG.debug("a snapshot may lack what was not committed yet: {}", e.getMessage());
          Thread.sleep(AFTER_FAILURE);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // by close
    }
  }

  private void listen() throws HeadException, VfsException, InterruptedException {
    SessionId session = mounted.session();
    if (session == null) {
      throw new IllegalStateException("a mounted volume has a session");
    }
    Duration wait = foldIsDue ? UNTIL_FOLD : WAIT;
    long wanted = snapshots.awaitDrain(volume, session, drained, wait, ANSWER);
    if (wanted > drained) {
      Deadline.<Boolean, VfsException>await(
          timeout,
          () -> {
            mounted.vfs().syncAll();
            return true;
          });
      drained = wanted;
      foldIsDue = true;
    } else if (foldIsDue) {
      foldIsDue = false;
      Deadline.<Boolean, VfsException>await(
          timeout,
          () -> {
            mounted.fold();
            return true;
          });
    }
  }

  @Override
  public void close() {
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // what comes next ends at once
    }
  }
}
