package io.cairnfs.client.cli;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What is known about a mount of this user, for commands that come later.
 *
 * @param directory where it is, symlinks resolved
 * @param process serves it
 * @param volume its name for people
 * @param log what the process writes; null in the foreground
 * @param timeout what storing everything may take at the end
 * @param failure why not everything was stored at the end; null while it runs
 */
record MountRecord(
    Path directory,
    ProcessId process,
    String volume,
    @Nullable Path log,
    Duration timeout,
    @Nullable String failure) {

  MountRecord withFailure(String why) {
    return new MountRecord(directory, process, volume, log, timeout, why);
  }

  /** Where to look for more. */
  String logHint() {
    return log == null ? "" : "; its log is " + log;
  }
}
