package io.cairnfs.protocol.head;

import java.nio.charset.StandardCharsets;

/**
 * The rules for names of snapshots: those of file names, since a mount shows them as such, and no
 * {@code @}, which stands between a volume's name and a snapshot's.
 */
public final class SnapshotName {

  private static final String RULE =
      "; a name has 1 to "
          + HeadLimits.MAX_SNAPSHOT_NAME_BYTES
          + " bytes, without / and @ and control characters, and is not . or ..";

  private SnapshotName() {}

  /**
   * @throws IllegalArgumentException that says what a name may be
   */
  public static void require(String name) {
    if (name.isEmpty()
        || name.equals(".")
        || name.equals("..")
        || name.indexOf('/') >= 0
        || name.indexOf('@') >= 0
        || name.chars().anyMatch(Character::isISOControl)
        || name.getBytes(StandardCharsets.UTF_8).length > HeadLimits.MAX_SNAPSHOT_NAME_BYTES) {
      throw new IllegalArgumentException("'" + name + "' is no name for a snapshot" + RULE);
    }
  }
}
