package io.cairnfs.client.cli;

import org.jspecify.annotations.Nullable;

/**
 * {@code VOLUME@SNAPSHOT}, as the user names a snapshot. A volume's name may have an {@code @}, a
 * snapshot's has none.
 *
 * @param volume a name or an id
 * @param snapshot null if only a volume is named
 */
record SnapshotWord(String volume, @Nullable String snapshot) {

  static SnapshotWord parse(String word) {
    int at = word.lastIndexOf('@');
    return at < 0
        ? new SnapshotWord(word, null)
        : new SnapshotWord(word.substring(0, at), word.substring(at + 1));
  }

  /**
   * @throws CommandException if only a volume is named
   */
  static SnapshotWord ofSnapshot(String word) throws CommandException {
    SnapshotWord parsed = parse(word);
    if (parsed.snapshot == null) {
      throw new CommandException(
          ExitCode.USAGE, "'" + word + "' names no snapshot: it is VOLUME@SNAPSHOT", null);
    }
    return parsed;
  }

  /** The snapshot that is named. */
  String requireSnapshot() {
    if (snapshot == null) {
      throw new IllegalStateException("no snapshot of " + volume + " is named");
    }
    return snapshot;
  }
}
