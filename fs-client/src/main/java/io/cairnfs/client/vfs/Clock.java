package io.cairnfs.client.vfs;

import java.time.Instant;

/** What time it is, for files. */
@FunctionalInterface
interface Clock {

  Clock SYSTEM =
      () -> {
        Instant now = Instant.now();
        return now.getEpochSecond() * 1_000_000_000L + now.getNano();
      };

  /** Nanoseconds since the epoch. */
  long nanos();
}
