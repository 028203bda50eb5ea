package io.cairnfs.it;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What one program did to a directory, step by step, and which states a crash may leave of it:
 * names as they were after some step at or after the last fsync, each file's content as it was at
 * some step of its own, no earlier than its last fsync and than the last rename or link of it that
 * is there.
 */
final class CrashHistory {

  /** The id that stands for a directory. */
  static final int DIRECTORY = -1;

  private static final String LOST = "unreadable";

  private record Version(int step, String content) {}

  private final List<Map<String, Integer>> namesAfter = new ArrayList<>();
  private final Map<Integer, List<Version>> versions = new HashMap<>();
  private final Map<Integer, Integer> syncedAt = new HashMap<>();
  private final Map<Integer, List<Integer>> linkedAt = new HashMap<>();
  private int namesSyncedAt;

  CrashHistory() {
    namesAfter.add(Map.of());
  }

  /** The number of the step that comes next. */
  int nextStep() {
    return namesAfter.size();
  }

  Map<String, Integer> names() {
    return new TreeMap<>(namesAfter.getLast());
  }

  /** Ends a step that left the names so. */
  void step(Map<String, Integer> names) {
    namesAfter.add(Map.copyOf(names));
  }

  /**
   * In the step that comes next, a file's content becomes this; also when the file comes into
   * being.
   */
  void content(int file, String content) {
    versions.computeIfAbsent(file, id -> new ArrayList<>()).add(new Version(nextStep(), content));
  }

  /** In the step that comes next, a file gets a name by rename or link. */
  void linked(int file) {
    linkedAt.computeIfAbsent(file, id -> new ArrayList<>()).add(nextStep());
  }

  /** Everything before the step that comes next is durable, as far as it is names or this file. */
  void synced(int file) {
    syncedAt.put(file, nextStep());
    namesSyncedAt = nextStep();
  }

  /** Names before the step that comes next are durable. */
  void namesSynced() {
    namesSyncedAt = nextStep();
  }

  /**
   * What was found after a crash.
   *
   * @param inode tells links of one file from others; {@link #DIRECTORY} for a directory
   * @param content as {@link #content} was told, or nothing for a directory
   */
  record Found(long inode, String content) {}

  /** Whether a crash may leave this; if not, why not. */
  Optional<String> objection(Map<String, Found> found) {
    StringBuilder reasons = new StringBuilder();
    for (int step = namesAfter.size() - 1; step >= Math.max(0, namesSyncedAt - 1); step--) {
      Optional<String> reason = objectionAt(step, found);
      if (reason.isEmpty()) {
        return reason;
      }
      if (namesAfter.get(step).keySet().equals(found.keySet())) {
        reasons
            .append("\n  names are those after step ")
            .append(step)
            .append(", but ")
            .append(reason.get());
      }
    }
    return Optional.of(
        "names synced before step "
            + namesSyncedAt
            + " of "
            + namesAfter.size()
            + (reasons.isEmpty()
                ? ": the names are of no step since: " + found.keySet()
                : reasons));
  }

  private Optional<String> objectionAt(int step, Map<String, Found> found) {
    Map<String, Integer> names = namesAfter.get(step);
    if (!names.keySet().equals(found.keySet())) {
      return Optional.of("other names");
    }
    Map<Integer, Long> inodes = new HashMap<>();
    for (Map.Entry<String, Integer> name : names.entrySet()) {
      int file = name.getValue();
      Found there = Objects.requireNonNull(found.get(name.getKey()));
      if ((file == DIRECTORY) != (there.inode() == DIRECTORY)) {
        return Optional.of(name.getKey() + " is of another type");
      }
      if (file == DIRECTORY) {
        continue;
      }
      Long other = inodes.putIfAbsent(file, there.inode());
      if (other != null && other != there.inode()) {
        return Optional.of(name.getKey() + " is no link of its file any more");
      }
      if (!mayContain(file, step, there.content())) {
        return Optional.of(
            name.getKey() + " contains " + there.content() + ", not " + versions.get(file));
      }
    }
    return Optional.empty();
  }

  private boolean mayContain(int file, int step, String content) {
    if (content.startsWith(LOST)) {
      return false;
    }
    int earliest = syncedAt.getOrDefault(file, 0);
    for (int linked : linkedAt.getOrDefault(file, List.of())) {
      if (linked <= step) {
        earliest = Math.max(earliest, linked);
      }
    }
    List<Version> all = Objects.requireNonNull(versions.get(file));
    for (int i = 0; i < all.size(); i++) {
      boolean replacedBefore = i + 1 < all.size() && all.get(i + 1).step() < earliest;
      if (!replacedBefore && all.get(i).content().equals(content)) {
        return true;
      }
    }
    return false;
  }

  /** Describes a file that cannot be read: no state of any history. */
  static String unreadable(Exception reason) {
    return LOST + ": " + reason;
  }
}
