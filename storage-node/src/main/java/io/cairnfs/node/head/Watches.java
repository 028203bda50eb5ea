package io.cairnfs.node.head;

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
 * hears how far they have taken it, and says how far that releases it. It lives above the log and
 * hears of it; a change of leader empties it. Thread-safe.
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

  /** The watch of a volume that exists. */
  private VolumeWatch watch(VolumeId volume) throws HeadException {
    engine.requireLead();
    VolumeWatch watch = volumes.get(volume);
    if (watch != null) {
      return watch;
    }
    engine.peek(machine -> machine.sharing(volume));
    return volumes.computeIfAbsent(volume, id -> new VolumeWatch(engine, id));
  }
}
