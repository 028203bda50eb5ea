package io.cairnfs.client.fuse.linux;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Whether a thread is about to be killed, as /proc/TID/status tells it. */
public final class SignalState {

  private static final String THREAD_PENDING = "SigPnd:";
  private static final long SIGKILL = 1L << (9 - 1); // the kernel turns every fatal signal into it

  private SignalState() {}

  /** Whether the thread has a fatal signal, or is not to be seen. */
  public static boolean isDying(int tid) {
    try {
      return isDying(
          Files.readString(
              Path.of("/proc", Integer.toString(tid), "status"), StandardCharsets.ISO_8859_1));
    } catch (IOException e) {
      return true; // gone, or in a PID namespace that is not ours: ending its call is the safe side
    }
  }

  static boolean isDying(String status) {
    return status
        .lines()
        .filter(line -> line.startsWith(THREAD_PENDING))
        .anyMatch(
            line ->
                (Long.parseUnsignedLong(line.substring(THREAD_PENDING.length()).strip(), 16)
                        & SIGKILL)
                    != 0);
  }
}
