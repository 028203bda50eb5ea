package io.cairnfs.client.fuse.mounting;

import io.cairnfs.client.fuse.linux.Errno;
import io.cairnfs.client.fuse.linux.LibC;
import io.cairnfs.client.fuse.linux.MountTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directory to mount on: whether it can be, and getting a dead mount of ours out of the way.
 */
public final class MountPoint {

  private static final Logger LOG = LoggerFactory.getLogger(MountPoint.class);
  private static final Duration ALIVE_TIMEOUT = Duration.ofSeconds(3);

  private MountPoint() {}

  /**
   * The directory's real path, with nothing of ours mounted on it.
   *
   * @throws MountException saying what is wrong with it
   */
  public static Path prepare(Path directory) throws IOException, InterruptedException {
    Path real = resolve(directory);
    Optional<MountTable.Mount> mount = MountTable.at(real);
    if (mount.isPresent() && mount.get().type().startsWith("fuse")) {
      clear(real, mount.get());
    }
    checkDirectory(directory, real);
    return real;
  }

  /** Resolves symlinks, without touching the directory itself, where a dead mount may be. */
  static Path resolve(Path directory) throws IOException {
    Path absolute = directory.toAbsolutePath().normalize();
    Path parent = absolute.getParent();
    Path name = absolute.getFileName();
    if (parent == null || name == null || MountTable.at(absolute).isPresent()) {
      return absolute;
    }
    Path realParent = Files.isDirectory(parent) ? parent.toRealPath() : parent;
    Path place = realParent.resolve(name);
    return Files.isSymbolicLink(place) && Files.exists(place) ? place.toRealPath() : place;
  }

  private static void clear(Path real, MountTable.Mount mount)
      throws IOException, InterruptedException {
    int answer = ask(real);
    if (answer != -Errno.ENOTCONN && answer != -Errno.ECONNABORTED) {
      throw new MountException(
          real
              + " is already a mount ("
              + mount.type()
              + ", "
              + mount.source()
              + (answer == 0 ? ")" : "), which does not answer")
              + ": run `cairn umount "
              + real
              + "` first");
    }
    if (!mount.type().equals(MountOptions.TYPE)) {
      throw new MountException(
          real + " holds a dead mount (" + mount.type() + "): run `umount -l " + real + "` first");
    }
    LOG.info("{}: removing the mount that a dead client left", real);
    Unmounter.detach(real);
  }

  /**
   * What statfs says, which asks the file system's process; -EAGAIN if that does not answer in
   * time.
   */
  private static int ask(Path real) throws InterruptedException {
    CompletableFuture<Integer> answer = new CompletableFuture<>();
    Thread.ofPlatform()
        .daemon()
        .name("mount-point-check")
        .start(() -> answer.complete(LibC.statfs(real.toString())));
    try {
      return answer.get(ALIVE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      return -Errno.EAGAIN;
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void checkDirectory(Path given, Path real) throws MountException {
    if (Files.isDirectory(real)) {
      return;
    }
    if (Files.exists(real)) {
      throw new MountException(given + " is not a directory: mount on a directory");
    }
    int probe = LibC.open(real.toString(), LibC.O_PATH | LibC.O_CLOEXEC);
    if (probe >= 0) {
      LibC.close(probe);
    }
    throw new MountException(
        probe == -Errno.ENOENT || probe >= 0
            ? given + " does not exist: run `mkdir -p " + given + "` first"
            : given + " cannot be entered: " + LibC.describe(-probe));
  }
}
