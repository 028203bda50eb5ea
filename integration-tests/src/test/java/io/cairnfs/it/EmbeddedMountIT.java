package io.cairnfs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A volume on one machine: what is copied into it is there after unmounts and crashes. */
@Timeout(600)
final class EmbeddedMountIT {

  private Cairn cairn;

  @BeforeEach
  void newUser() throws IOException {
    cairn = Cairn.embedded();
  }

  @Test
  void aTreeIsTheSameAfterMountingAgain() throws Exception {
    Path tree = SeededTree.make(1, 1500);
    try (TestMount mount = TestMount.embedded(cairn)) {
      SeededTree.copy(tree, mount.directory().resolve("copy"));
      SeededTree.assertSame(tree, mount.directory().resolve("copy"));
      mount.unmount();
      mount.remount();
      SeededTree.assertSame(tree, mount.directory().resolve("copy"));
      cairn.run("status").expect(0);
      assertEquals(0, mount.terminate());
    }
  }

  @Test
  void aKilledMountIsMountedAgainAtOnceWithAllThatWasFsynced() throws Exception {
    try (TestMount mount = TestMount.embedded(cairn)) {
      Path file = mount.directory().resolve("file");
      try (FileChannel channel =
          FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
        channel.write(ByteBuffer.wrap(new byte[] {1, 2, 3}));
        channel.force(true);
      }
      mount.kill();
      assertThrows(IOException.class, () -> Files.readAllBytes(file));
      long started = System.nanoTime();
      mount.remount();
      assertEquals(3, Files.size(file));
      System.out.println("remounted in " + Duration.ofNanos(System.nanoTime() - started));
      mount.unmount();
    }
  }

  @Test
  void onlyOneMountHasTheNode() throws Exception {
    try (TestMount mount = TestMount.embedded(cairn)) {
      Path other = RunDirectory.current().newDirectory("other").resolve("made");
      cairn
          .run("mount", other.toString())
          .expect(1)
          .complains("mounted on " + mount.directory().toRealPath());
      assertFalse(Files.exists(other), "a refused mount leaves the directory that it made");
      mount.unmount();
      Cairn.Result mounted = cairn.run("mount", other.toString()).expect(0);
      assertTrue(mounted.out().contains("mounted on " + other), mounted::toString);
      cairn.run("umount", other.toString()).expect(0);
      cairn.run("umount", other.toString()).expect(1).complains("no mount");
    }
  }

  @Test
  void aNewVolumeBelongsToWhoMountsIt() throws Exception {
    try (TestMount mount = TestMount.embedded(cairn)) {
      assertEquals(
          Files.getAttribute(cairn.home(), "unix:uid"),
          Files.getAttribute(mount.directory(), "unix:uid"));
      mount.unmount();
    }
  }

  @Test
  void aMountInUseIsUnmountedLazily() throws Exception {
    try (TestMount mount = TestMount.embedded(cairn)) {
      Path file = mount.directory().resolve("file");
      try (FileChannel open =
          FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
        open.write(ByteBuffer.wrap(new byte[] {1}));
        cairn.run("umount", mount.directory().toString()).expect(1);
        cairn.run("umount", "--lazy", mount.directory().toString()).expect(0);
        assertFalse(Files.exists(file));
      }
    }
  }

  @Test
  void aDeadMountIsUnmounted() throws Exception {
    try (TestMount mount = TestMount.embedded(cairn)) {
      mount.kill();
      cairn.run("umount", mount.directory().toString()).expect(0);
      try (var entries = Files.list(mount.directory())) {
        assertEquals(0, entries.count());
      }
    }
  }
}
