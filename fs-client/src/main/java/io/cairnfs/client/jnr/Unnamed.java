package io.cairnfs.client.jnr;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The names by which libfuse speaks of open files that have lost theirs. Its own way is to rename
 * such a file to one of these instead of removing it, and to remove it when it is closed; each
 * holds a number that grows with every file that a mount hides.
 */
final class Unnamed {

  private static final String PREFIX = ".fuse_hidden";
  private static final Pattern NAME = Pattern.compile("\\.fuse_hidden[0-9a-f]{16}");
  private static final int COUNTER_AT = PREFIX.length() + 8;

  private Unnamed() {}

  /** The last name of a path if it is such a name, else null. */
  static @Nullable String of(String path) {
    String name = path.substring(path.lastIndexOf('/') + 1);
    return name.startsWith(PREFIX) && NAME.matcher(name).matches() ? name : null;
  }

  /**
   * Whether both paths name something in the same directory, which hiding a file does not change.
   */
  static boolean sameDirectory(String path, String other) {
    return path.substring(0, path.lastIndexOf('/'))
        .equals(other.substring(0, other.lastIndexOf('/')));
  }

  static long counter(String name) {
    return Long.parseLong(name, COUNTER_AT, name.length(), 16);
  }
}
