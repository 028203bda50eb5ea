package io.cairnfs.node.head;

import io.cairnfs.protocol.head.CommitOutcome;
import io.cairnfs.protocol.head.CommitOutcome.Committed;
import io.cairnfs.protocol.head.Delta;
import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.head.HeadException.Reason;
import io.cairnfs.protocol.head.HeadLimits;
import io.cairnfs.protocol.head.News;
import io.cairnfs.protocol.head.SessionId;
import io.cairnfs.protocol.head.VolumeId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What the leader of a cell does beside the log: it tells sessions what happens to their volumes,
 * hears how far they have taken it, and holds back the answers of commits until they are released.
 * It lives above the log and hears of it; a change of leader empties it. Thread-safe.
 */
final class Watches implements HeadEngine.Listener {

  private final HeadEngine engine;
  private final Map<VolumeId, VolumeWatch> volumes = new ConcurrentHashMap<>();

  Watches(HeadEngine engine) {
    this.engine = engine;
    engine.listen(this);
  }

  @Override
  public void applied(Set<VolumeId> changed) {
    for (VolumeId volume : changed) {
      VolumeWatch watch = volumes.get(volume);
      if (watch != null) {
        watch.signal();
      }
    }
  }

  @Override
  public void leads(boolean now) {
    end("the leader changed");
  }

  /** Fails those who wait. */
  void end(String why) {
    for (VolumeId volume : List.copyOf(volumes.keySet())) {
      VolumeWatch watch = volumes.remove(volume);
      if (watch != null) {
        watch.end(why);
      }
    }
  }

  /** As {@link io.cairnfs.protocol.head.Head#watch}. */
  News watch(
      VolumeId volume,
      SessionId session,
      long taken,
      long knownVersion,
      Duration wait,
      Duration timeout)
      throws HeadException, InterruptedException {
    long start = System.nanoTime();
    long deadline = start + timeout.toNanos();
    long until = start + shortest(wait, timeout, HeadLimits.MAX_WATCH).toNanos();
    while (true) {
      Moment moment = watch(volume).awaitNews(session, taken, knownVersion, until);
      if (!moment.hasDeltasAfter(taken) || moment.foldedAfter(taken)) {
        return moment.toNews(List.of());
      }
      try {
        Duration left = Duration.ofNanos(Math.max(1, deadline - System.nanoTime()));
        List<Delta> deltas = engine.deltas(volume, taken, left);
        return moment.toNews(deltas);
      } catch (HeadException e) {
        if (e.reason() != Reason.REFUSED) {
          throw e;
        }
        // They were folded meanwhile, which the next look will tell.
      }
    }
  }

  private static Duration shortest(Duration... durations) {
    return List.of(durations).stream().min(Duration::compareTo).orElseThrow();
  }

  /**
   * Waits until what a batch committed is released.
   *
   * @throws HeadException {@code UNAVAILABLE} if it is not in time; the same request has the same
   *     outcomes later
   */
  void awaitReleased(VolumeId volume, List<CommitOutcome> outcomes, long deadlineNanos)
      throws HeadException, InterruptedException {
    long last = 0;
    for (CommitOutcome outcome : outcomes) {
      if (outcome instanceof Committed(long sequence)) {
        last = Math.max(last, sequence);
      }
    }
    if (last > 0) {
      watch(volume).awaitReleased(last, deadlineNanos);
    }
  }

  /** The watch of a volume that exists. */
  private VolumeWatch watch(VolumeId volume) throws HeadException {
    if (!engine.leads()) {
      throw new HeadException(Reason.UNAVAILABLE, "another voter leads");
    }
    VolumeWatch watch = volumes.get(volume);
    if (watch != null) {
      return watch;
    }
    engine.peek(machine -> machine.sharing(volume));
    return volumes.computeIfAbsent(volume, id -> new VolumeWatch(engine, id));
  }
}
