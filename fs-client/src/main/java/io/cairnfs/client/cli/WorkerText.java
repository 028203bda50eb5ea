package io.cairnfs.client.cli;

import io.cairnfs.protocol.admin.message.WorkerStatus;
import java.util.Locale;

/** Background jobs as people read them. */
final class WorkerText {

  private static final String BYTES = "BYTES";
  private static final int SECONDS_PER_MINUTE = 60;
  private static final int SECONDS_PER_HOUR = 3600;
  private static final int SECONDS_PER_DAY = 86_400;

  private WorkerText() {}

  /** What it does, how fast, and how long it will take; its own words at the end. */
  static String line(WorkerStatus worker) {
    StringBuilder text = new StringBuilder(worker.getState());
    if (worker.getPerSecond() > 0) {
      text.append(", ").append(amount(worker, worker.getPerSecond())).append("/s");
    }
    if (worker.getLeft() > 0) {
      text.append(", ").append(amount(worker, worker.getLeft())).append(" left");
      if (worker.hasEtaSeconds()) {
        text.append(", done in about ").append(span(worker.getEtaSeconds()));
      }
    }
    if (worker.getThrottleBytes() > 0) {
      text.append(worker.getThrottleOrdered() ? ", throttled to " : ", at most ")
          .append(Sizes.format(worker.getThrottleBytes()))
          .append("/s");
    }
    return text.append("; ").append(worker.getDetail()).toString();
  }

  /** The last failure, and when; empty if there was none. */
  static String lastError(WorkerStatus worker) {
    return worker.getFailures() == 0
        ? ""
        : worker.getFailures()
            + " failures, the last one "
            + span(worker.getLastErrorMillisAgo() / 1000)
            + " ago: "
            + worker.getLastError();
  }

  private static String amount(WorkerStatus worker, long amount) {
    return worker.getUnit().equals(BYTES)
        ? Sizes.format(amount)
        : amount + " " + worker.getUnit().toLowerCase(Locale.ROOT);
  }

  /** A time in its two largest units, such as {@code 1h 20m}. */
  static String span(long seconds) {
    if (seconds < SECONDS_PER_MINUTE) {
      return seconds + "s";
    }
    if (seconds < SECONDS_PER_HOUR) {
      return pair(seconds, SECONDS_PER_MINUTE, "m", 1, "s");
    }
    return seconds < SECONDS_PER_DAY
        ? pair(seconds, SECONDS_PER_HOUR, "h", SECONDS_PER_MINUTE, "m")
        : pair(seconds, SECONDS_PER_DAY, "d", SECONDS_PER_HOUR, "h");
  }

  private static String pair(long seconds, int large, String largeName, int small, String name) {
    long rest = seconds % large / small;
    return seconds / large + largeName + (rest == 0 ? "" : " " + rest + name);
  }
}
