package io.cairnfs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Where the suite of POSIX runs: a mount of an embedded node, or of a volume on three nodes; for
 * all users if root mounts it.
 */
public final class PosixMount implements AutoCloseable {

  private static final boolean ROOT = System.getProperty("user.name", "").equals("root");

  private static final String[] FOR_ALL =
      ROOT ? new String[] {"-o", "allow_other,suid,dev"} : new String[0];

  private final @Nullable TestCluster cluster;
  private final TestMount mount;

  /** Mounts the volume of an embedded node. */
  public PosixMount() throws IOException, InterruptedException {
    cluster = null;
    mount = TestMount.embedded(Cairn.embedded(), FOR_ALL);
    enterable(mount.directory());
  }

  private PosixMount(TestCluster cluster) throws IOException, InterruptedException {
    this.cluster = cluster;
    Cairn cairn = Cairn.of(cluster);
    cairn.run("volume", "create", "posix", "--replication", "3").expect(0);
    mount = TestMount.of(cairn, "posix", FOR_ALL);
    enterable(mount.directory());
  }

  private static PosixMount ofThreeNodes() {
    try {
      TestCluster cluster = TestCluster.start(3);
      try {
        return new PosixMount(cluster);
      } catch (IOException | InterruptedException | RuntimeException | AssertionError e) {
        cluster.close();
        throw e;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** One on three nodes for all classes that want one. */
  public static PosixMount sharedOfThreeNodes(ExtensionContext context) {
    return context
        .getRoot()
        .getStore(ExtensionContext.Namespace.create(PosixMount.class))
        .computeIfAbsent("three nodes", key -> ofThreeNodes(), PosixMount.class);
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
    try (cluster;
        mount) {
      assertEquals(0, mount.terminate());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // what is left is the reaper's
    }
  }
}
