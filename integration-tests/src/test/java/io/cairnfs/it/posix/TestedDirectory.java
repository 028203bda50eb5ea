package io.cairnfs.it.posix;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * A directory of a file system under test.
 *
 * @param name for reports
 * @param path the directory
 */
record TestedDirectory(String name, Path path) {

  /** A new directory in it, where everybody may enter. */
  Path fresh() {
    try {
      Path fresh = Files.createTempDirectory(path, "posix-");
      return Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rwxr-xr-x"));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
