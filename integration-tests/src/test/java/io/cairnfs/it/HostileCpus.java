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

  /** Whether attackers leave the others alone, so that rates can be compared. */
  boolean areApart() {
    return !honest.equals(hostile);
  }
}
