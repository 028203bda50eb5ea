package io.cairnfs.client.cli;

import io.cairnfs.client.fuse.linux.MountTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Names of mount points. */
final class MountPaths {

  private static final Logger LOG = LoggerFactory.getLogger(MountPaths.class);

  private MountPaths() {}

  /** A directory's real path, without asking what may be a dead mount there. */
  static Path resolve(Path directory) throws IOException {
    Path absolute = directory.toAbsolutePath().normalize();
    Path parent = absolute.getParent();
    Path name = absolute.getFileName();
    if (parent == null || name == null || MountTable.at(absolute).isPresent()) {
      return absolute;
    }
    Path real = parent.toRealPath().resolve(name);
    return MountTable.at(real).isEmpty() && Files.isSymbolicLink(real) ? real.toRealPath() : real;
  }

  /**
   * Makes a mount point whose parent exists.
   *
   * @return whether it was missing
   * @throws CommandException if its parent is missing too
   */
  static boolean makeIfMissing(Path directory) throws IOException, CommandException {
    Path absolute = directory.toAbsolutePath().normalize();
    if (MountTable.at(absolute).isPresent() || Files.exists(absolute, LinkOption.NOFOLLOW_LINKS)) {
      return false;
    }
    Path parent = absolute.getParent();
    if (parent == null || !Files.isDirectory(parent)) {
      throw new CommandException(
          directory + " does not exist, nor does its parent: mkdir -p " + directory);
    }
    Files.createDirectory(absolute);
    return true;
  }

  /** Removes a mount point that was made for nothing. */
  static void removeIfUnused(@Nullable Path made) {
    if (made == null) {
      return;
    }
    try {
      Files.deleteIfExists(made);
    } catch (IOException e) {
      LOG.debug("{} stays: it is in use", made, e);
    }
  }
}
