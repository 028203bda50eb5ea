package io.cairnfs.it;

import io.cairnfs.it.linear.Act;
import io.cairnfs.it.linear.Answer;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** A target that is wrong on purpose: for some time it remembers which inode has a name. */
final class LinearStale implements LinearTarget {

  private record Remembered(Answer answer, long until) {}

  private final LinearTarget target;
  private final Duration staleness;
  private final Map<Act, Remembered> memory = new HashMap<>();

  LinearStale(LinearTarget target, Duration staleness) {
    this.target = target;
    this.staleness = staleness;
  }

  @Override
  public Answer perform(Act act) throws GoneException {
    long now = System.nanoTime();
    if (!(act instanceof Act.Status)) {
      return target.perform(act);
    }
    Remembered remembered = memory.get(act);
    if (remembered == null || remembered.until() < now) {
      remembered = new Remembered(target.perform(act), now + staleness.toNanos());
      memory.put(act, remembered);
    }
    return remembered.answer();
  }

  @Override
  public void release() {
    target.release();
  }

  @Override
  public void close() {
    target.close();
  }
}
