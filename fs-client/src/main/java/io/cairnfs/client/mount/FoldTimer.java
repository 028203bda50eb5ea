package io.cairnfs.client.mount;

import io.cairnfs.client.vfs.MountedVolume;
import io.cairnfs.client.vfs.VfsException;
import io.cairnfs.client.wait.Deadline;
import io.cairnfs.protocol.head.Head;
import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.head.HeadState;
import io.cairnfs.protocol.head.VolumeId;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Folds from time to time what a mount has committed, however little that is: each fold leaves a
 * checkpoint, and what came after the last one is lost with the volume's head. On a thread of its
 * own, until it is closed.
 */
final class FoldTimer implements AutoCloseable {

  /** What may be lost in a disaster, against the cost of a few tree blocks. */
  static final Duration INTERVAL = Duration.ofMinutes(5);

  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final Logger LOG = LoggerFactory.getLogger(FoldTimer.class);

  private final Head head;
  private final VolumeId volume;
  private final MountedVolume mounted;
  private final Duration timeout;
  private final Thread thread;

  private FoldTimer(Head head, VolumeId volume, MountedVolume mounted, Duration timeout) {
    this.head = head;
    this.volume = volume;
    this.mounted = mounted;
    this.timeout = timeout;
    this.thread = Thread.ofVirtual().name("cairn-fold-timer").unstarted(this::run);
  }

  /**
   * @param timeout what a fold may take before it is tried again at the next time
   * @param readOnly whether the mount may change nothing, not even this
   */
  static FoldTimer start(
      Head head, VolumeId volume, MountedVolume mounted, Duration timeout, boolean readOnly) {
    FoldTimer timer = new FoldTimer(head, volume, mounted, timeout);
    if (!readOnly) {
      timer.thread.start();
    }
    return timer;
  }

  private void run() {
    try {
      while (true) {
        Thread.sleep(INTERVAL);
        foldIfDue();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // by close
    }
  }

  private void foldIfDue() throws InterruptedException {
    try {
      HeadState state = head.info(volume, TIMEOUT).state();
      if (state.rootSequence() < state.sequence()) {
        Deadline.<Boolean, VfsException>await(
            timeout,
            () -> {
              mounted.fold();
              return true;
            });
      }
    } catch (HeadException | VfsException e) {
      LOG.debug("the volume is folded later: {}", e.getMessage());
    }
  }

  @Override
  public void close() {
    if (thread.getState() == Thread.State.NEW) {
      return;
    }
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // what comes next ends at once
    }
  }
}
