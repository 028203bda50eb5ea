package io.cairnfs.bench.system;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Optional;

/**
 * What the kernel tells about processes and the machine in /proc. A process that has gone counts
 * nothing.
 */
public final class ProcessFigures {

  private static final Path PROC = Path.of("/proc");

  /** Linux reports times to programs in this unit on every usual architecture. */
  private static final double TICKS_PER_SECOND = 100;

  private static final double KIBIBYTES_PER_MEBIBYTE = 1024;

  // Positions in /proc/PID/stat after the command's name, which may contain blanks.
  private static final int USER_TIME = 11;
  private static final int SYSTEM_TIME = 12;
  private static final int CHILDREN_USER_TIME = 13;
  private static final int CHILDREN_SYSTEM_TIME = 14;

  // Positions in the first line of /proc/stat.
  private static final int ALL_IDLE = 4;
  private static final int ALL_IO_WAIT = 5;
  private static final int ALL_LAST = 8;

  private ProcessFigures() {}

  /** CPU seconds used by processes and those of their children that have ended. */
  public static double cpuSeconds(Collection<Long> processes) {
    double ticks = 0;
    for (long process : processes) {
      Optional<String> stat = read(process, "stat");
      if (stat.isPresent()) {
        String[] fields =
            stat.get().substring(stat.get().lastIndexOf(')') + 2).strip().split(" ", -1);
        for (int i : new int[] {USER_TIME, SYSTEM_TIME, CHILDREN_USER_TIME, CHILDREN_SYSTEM_TIME}) {
          ticks += Long.parseLong(fields[i]);
        }
      }
    }
    return ticks / TICKS_PER_SECOND;
  }

  /** CPU seconds used by everything since the machine started. */
  public static double machineCpuSeconds() throws IOException {
    String line = Files.readString(PROC.resolve("stat")).lines().findFirst().orElseThrow();
    String[] fields = line.split(" +", -1);
    double ticks = 0;
    for (int i = 1; i <= ALL_LAST; i++) {
      if (i != ALL_IDLE && i != ALL_IO_WAIT) {
        ticks += Long.parseLong(fields[i]);
      }
    }
    return ticks / TICKS_PER_SECOND;
  }

  /** Memory of processes in MiB; pages that several share are divided among them. */
  public static double memoryMebibytes(Collection<Long> processes) {
    double kibibytes = 0;
    for (long process : processes) {
      for (String line : read(process, "smaps_rollup").orElse("").lines().toList()) {
        if (line.startsWith("Pss:")) {
          kibibytes += Long.parseLong(line.split(" +", -1)[1]);
        }
      }
    }
    return kibibytes / KIBIBYTES_PER_MEBIBYTE;
  }

  /** The text of a file in a process's directory; empty if it has gone or is another user's. */
  static Optional<String> read(long process, String file) {
    Path path = PROC.resolve(Long.toString(process)).resolve(file);
    try {
      return Optional.of(Files.readString(path, StandardCharsets.ISO_8859_1));
    } catch (IOException e) {
      return Optional.empty(); // the kernel has several errors for this, all with this meaning
    }
  }
}
