package io.cairnfs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Where the suite of POSIX runs: a mount of an embedded node, for all users if root mounts it. */
public final class PosixMount implements AutoCloseable {

  private static final boolean ROOT = System.getProperty("user.name", "").equals("root");

  private final TestMount mount;

  /** Mounts; used by reflection. */
  public PosixMount() throws IOException, InterruptedException {
    mount =
        ROOT
            ? TestMount.embedded(Cairn.embedded(), "-o", "allow_other,suid,dev")
            : TestMount.embedded(Cairn.embedded());
    enterable(mount.directory());
  }

  /** One for all classes that want one. */
  public static PosixMount shared(ExtensionContext context) {
    return context
        .getRoot()
        .getStore(ExtensionContext.Namespace.create(PosixMount.class))
        .computeIfAbsent(PosixMount.class);
  }

  /** kill -9 of what serves it. */
  public void kill() throws InterruptedException {
    mount.kill();
  }

  /** Mounts again, on the same directory, what was killed. */
  public void remount() throws IOException, InterruptedException {
    mount.remount();
  }

  public Path directory() {
    return mount.directory();
  }

  /** A new directory of the file system that temporary files are on. */
  public static Path localDirectory() throws IOException {
    return enterable(RunDirectory.current().newDirectory("local"));
  }

  private static Path enterable(Path directory) throws IOException {
    var all = PosixFilePermissions.fromString("rwxr-xr-x");
    Files.setPosixFilePermissions(RunDirectory.current().path(), all);
    return Files.setPosixFilePermissions(directory, all);
  }

  @Override
  public void close() throws IOException {
    try (mount) {
      assertEquals(0, mount.terminate());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // what is left is the reaper's
    }
  }
}
