package io.cairnfs.it;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The second binding, which goes through libfuse 2: what its interface can express, as the first.
 */
@Timeout(300)
final class LibFuseMountIT {

  private static final String[] OPTIONS = {"-o", "binding=jnr"};
  private static final int BIG_BYTES = 40 << 20;

  private Cairn cairn;

  @BeforeEach
  void newUser() throws IOException {
    assumeTrue(
        Stream.of("/lib", "/usr/lib", "/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu")
            .anyMatch(library -> Files.exists(Path.of(library, "libfuse.so.2"))),
        "it needs libfuse 2");
    cairn = Cairn.embedded();
  }

  @Test
  void whatIsStoredIsTheSameAfterMountingAgain() throws Exception {
    Path tree = SeededTree.make(2, 300);
    byte[] big = new byte[BIG_BYTES];
    new Random(3).nextBytes(big);
    try (TestMount mount = TestMount.embedded(cairn, OPTIONS)) {
      Path root = mount.directory();
      SeededTree.copy(tree, root.resolve("copy"));
      Files.write(root.resolve("big"), big);
      view(root.resolve("big")).write("name", ByteBuffer.wrap(new byte[] {7}));
      Files.move(root.resolve("copy"), root.resolve("moved"));
      changeUnnamed(root);
      changeMapped(root.resolve("mapped"));
      Files.readString(root.resolve("mapped"));
      FileTime read = (FileTime) Files.getAttribute(root.resolve("mapped"), "lastAccessTime");
      assertTrue(read.compareTo(Files.getLastModifiedTime(root.resolve("mapped"))) > 0);
      mount.unmount();
      mount.remount();
      SeededTree.assertSame(tree, root.resolve("moved"));
      assertArrayEquals(big, Files.readAllBytes(root.resolve("big")));
      assertEquals(1, view(root.resolve("big")).size("name"));
      assertEquals(read, Files.getAttribute(root.resolve("mapped"), "lastAccessTime"));
      assertEquals("mapped", Files.readString(root.resolve("mapped")));
      try (Stream<Path> entries = Files.list(root)) {
        assertEquals(3, entries.count());
      }
      assertEquals(0, mount.terminate());
    }
  }

  private static UserDefinedFileAttributeView view(Path file) {
    return Files.getFileAttributeView(file, UserDefinedFileAttributeView.class);
  }

  /** An open file goes on without a name, and without the directory that it was in. */
  private static void changeUnnamed(Path root) throws IOException {
    Path directory = Files.createDirectory(root.resolve("directory"));
    try (FileChannel file =
        FileChannel.open(
            directory.resolve("file"),
            StandardOpenOption.CREATE,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE)) {
      file.write(ByteBuffer.wrap(new byte[] {1, 2}), 0);
      Files.delete(directory.resolve("file"));
      assertEquals(2, file.size());
      Files.delete(directory);
      file.write(ByteBuffer.wrap(new byte[] {3}), 2);
      assertEquals(3, file.read(ByteBuffer.allocate(9), 0));
    }
  }

  private static void changeMapped(Path file) throws IOException {
    Files.writeString(file, "......");
    try (FileChannel channel =
            FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
        Arena arena = Arena.ofConfined()) { // unmaps; the mount would be in use otherwise
      MemorySegment mapped = channel.map(FileChannel.MapMode.READ_WRITE, 0, 6, arena);
      mapped.copyFrom(MemorySegment.ofArray("mapped".getBytes(StandardCharsets.US_ASCII)));
      mapped.force();
    }
  }

  @Test
  void itEndsAsTheFirstDoes() throws Exception {
    try (TestMount mount = TestMount.embedded(cairn, OPTIONS)) {
      Path file = mount.directory().resolve("file");
      try (FileChannel channel =
          FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
        channel.write(ByteBuffer.wrap(new byte[] {1, 2, 3}));
        channel.force(true);
        cairn.run("umount", mount.directory().toString()).expect(1).complains("in use");
        assertTrue(Files.exists(file));
      }
      mount.kill();
      assertThrows(IOException.class, () -> Files.readAllBytes(file));
      mount.remount();
      assertEquals(3, Files.size(file));
      try (FileChannel open = FileChannel.open(file)) {
        cairn.run("umount", "--lazy", mount.directory().toString()).expect(0);
        assertFalse(Files.exists(file));
        assertEquals(3, open.size());
      }
    }
  }
}
