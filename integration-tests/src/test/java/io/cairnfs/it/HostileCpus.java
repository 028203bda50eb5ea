package io.cairnfs.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Who runs where. Attackers come from other machines; on the one of the test, what they burn
 * themselves would be missing to the node and its honest peers, and the test would measure the
 * kernel's scheduler. So they have CPUs of their own, on which they attack as hard as they can.
 *
 * @param honest the CPUs of the node and of honest peers, as {@code taskset} takes them
 * @param hostile those of the attackers: others, if there are two
 */
record HostileCpus(String honest, String hostile) {

  /** Fields of a CPU's line in /proc/stat; see proc_stat(5). */
  private static final int IDLE = 4;

  private static final int IO_WAIT = 5;

  /** USER_HZ, which is the same on all Linux systems. */
  static final double TICKS_PER_SECOND = 100;

  private static final String ALLOWED = "Cpus_allowed_list:";

  static HostileCpus ofThisMachine() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith(ALLOWED)) {
        return of(line.substring(ALLOWED.length()).strip());
      }
    }
    throw new IOException("the kernel does not say on which CPUs this may run");
  }

  /** Halves of a list such as {@code 0-2,5}. */
  static HostileCpus of(String allowed) {
    List<String> cpus = new ArrayList<>();
    for (String range : allowed.split(",", -1)) {
      String[] ends = range.split("-", -1);
      for (int i = Integer.parseInt(ends[0]); i <= Integer.parseInt(ends[ends.length - 1]); i++) {
        cpus.add(Integer.toString(i));
      }
    }
    int half = (cpus.size() + 1) / 2;
    List<String> others = cpus.size() == 1 ? cpus : cpus.subList(half, cpus.size());
    return new HostileCpus(String.join(",", cpus.subList(0, half)), String.join(",", others));
  }

  /** How many the honest ones have. */
  int honestCount() {
    return honest.split(",", -1).length;
  }

  /** CPU seconds, since the machine started, in which those of the honest had nothing to do. */
  double honestIdleSeconds() throws IOException {
    List<String> cpus = List.of(honest.split(",", -1));
    long ticks = 0;
    for (String line : Files.readAllLines(Path.of("/proc/stat"))) {
      String[] fields = line.split(" +", -1);
      if (fields[0].startsWith("cpu") && cpus.contains(fields[0].substring("cpu".length()))) {
        ticks += Long.parseLong(fields[IDLE]) + Long.parseLong(fields[IO_WAIT]);
      }
    }
    return ticks / TICKS_PER_SECOND;
  }

  /** Whether attackers leave the others alone, so that rates can be compared. */
  boolean areApart() {
    return !honest.equals(hostile);
  }
}
