package io.cairnfs.client.jnr;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cairnfs.client.fuse.linux.LibC;
import io.cairnfs.client.fuse.linux.MountTable;
import io.cairnfs.client.fuse.mounting.MountException;
import io.cairnfs.client.fuse.mounting.MountOptions;
import io.cairnfs.client.fuse.mounting.ServedMount;
import io.cairnfs.client.fuse.mounting.Unmounter;
import io.cairnfs.client.testing.MemoryVfs;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;

/** The binding over a file system in memory that counts what the binding takes and gives back. */
@Timeout(60)
@Isolated("a process that another class starts holds files of the mount until it executes")
class JnrKernelTest {

  private static final Duration RELEASE_PATIENCE = Duration.ofSeconds(5);

  private final MemoryVfs vfs = new MemoryVfs();
  private Path directory = Path.of("/");
  private @Nullable ServedMount mounted;
  private boolean cutOff;

  @BeforeEach
  void mount() throws IOException, InterruptedException {
    assumeTrue(LibC.effectiveUser() == 0, "mounting needs root");
    assumeTrue(Files.exists(Path.of("/dev/fuse")), "mounting needs /dev/fuse");
    directory = Files.createTempDirectory("cairn-jnr-");
    mounted =
        JnrMount.mount(directory, vfs, MountOptions.DEFAULT.withTimeout(Duration.ofSeconds(10)));
  }

  private ServedMount mounted() {
    return Objects.requireNonNull(mounted);
  }

  @AfterEach
  void nothingIsLeft() throws IOException, InterruptedException {
    if (mounted == null) {
      return;
    }
    awaitReleases();
    mounted.close();
    mounted.awaitUnmounted();
    assertTrue(MountTable.at(directory).isEmpty());
    Files.delete(directory);
    if (!cutOff) { // then the kernel gives nothing back
      assertEquals(0, vfs.handles());
      assertEquals(0, vfs.lookups());
    }
  }

  /** The kernel releases handles some time after close(2), and not at all once it has unmounted. */
  private void awaitReleases() throws InterruptedException {
    long deadline = System.nanoTime() + RELEASE_PATIENCE.toNanos();
    while (!cutOff && vfs.handles() > 0 && System.nanoTime() < deadline) {
      Thread.sleep(5);
    }
  }

  private Path at(String name) {
    return directory.resolve(name);
  }

  private Set<String> names() throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return new HashSet<>(entries.map(p -> p.getFileName().toString()).toList());
    }
  }

  @Test
  void namesComeAndGo() throws IOException {
    Files.createDirectories(at("a/b/c"));
    Files.writeString(at("a/b/c/file"), "text");
    Files.move(at("a/b"), at("moved"));
    assertEquals("text", Files.readString(at("moved/c/file")));
    Files.createSymbolicLink(at("link"), Path.of("moved/c/file"));
    assertEquals("text", Files.readString(at("link")));
    Files.createLink(at("other"), at("moved/c/file"));
    assertEquals(2, Files.getAttribute(at("other"), "unix:nlink"));
    assertEquals(
        Files.getAttribute(at("other"), "unix:ino"),
        Files.getAttribute(at("moved/c/file"), "unix:ino"));
    assertThrows(FileAlreadyExistsException.class, () -> Files.createDirectory(at("moved")));
    assertThrows(DirectoryNotEmptyException.class, () -> Files.delete(at("moved")));
    assertEquals(Set.of("a", "moved", "link", "other"), names());
  }

  @Test
  void manyEntriesAreListedOnce() throws IOException {
    Set<String> made = new HashSet<>();
    for (int i = 0; i < 1000; i++) {
      made.add("entry-" + i);
      Files.createFile(at("entry-" + i));
    }
    try (Stream<Path> entries = Files.list(directory)) {
      assertEquals(1000, entries.count());
    }
    assertEquals(made, names());
  }

  @Test
  void bytesAreWhereTheyWereWritten() throws IOException {
    byte[] bytes = new byte[3_000_001];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (i * 31 / 7);
    }
    Files.write(at("file"), bytes);
    assertArrayEquals(bytes, Files.readAllBytes(at("file")));
    try (FileChannel file =
        FileChannel.open(at("file"), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      file.truncate(10);
      file.write(ByteBuffer.wrap(new byte[] {1}), 20);
      file.force(true);
      assertEquals(21, file.size());
    }
    byte[] left = new byte[21];
    System.arraycopy(bytes, 0, left, 0, 10);
    left[20] = 1;
    assertArrayEquals(left, Files.readAllBytes(at("file")));
  }

  @Test
  void anOpenFileOutlivesItsNameAndItsDirectory() throws IOException {
    Files.createDirectory(at("d"));
    try (FileChannel file =
        FileChannel.open(
            at("d/file"),
            StandardOpenOption.CREATE,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE)) {
      file.write(ByteBuffer.wrap(new byte[] {1, 2, 3}), 0);
      Files.delete(at("d/file"));
      try (Stream<Path> entries = Files.list(at("d"))) {
        assertEquals(0, entries.count()); // nor any name of libfuse's
      }
      assertEquals(3, file.size());
      Files.delete(at("d"));
      file.write(ByteBuffer.wrap(new byte[] {4}), 3);
      ByteBuffer read = ByteBuffer.allocate(10);
      assertEquals(4, file.read(read, 0));
    }
    assertEquals(Set.of(), names());
  }

  @Test
  void aRenameReplacesAnOpenFile() throws IOException {
    Files.writeString(at("file"), "old");
    Files.writeString(at("new"), "new");
    try (FileChannel file = FileChannel.open(at("file"))) {
      Files.move(at("new"), at("file"), StandardCopyOption.ATOMIC_MOVE);
      assertEquals("new", Files.readString(at("file")));
      ByteBuffer read = ByteBuffer.allocate(10);
      assertEquals(3, file.read(read, 0));
      assertEquals('o', read.get(0));
      assertEquals(Set.of("file"), names());
    }
  }

  @Test
  void aNameLikeLibfusesIsANameLikeOthers() throws IOException {
    Files.writeString(at("file"), "text");
    Path like = at(".fuse_hidden0000000100000001");
    Files.move(at("file"), like);
    assertEquals("text", Files.readString(like));
  }

  /** The kernel takes the names of one file for two files here. */
  @Test
  void whatIsWrittenByOneNameIsReadByTheOther() throws IOException {
    Files.write(at("one"), new byte[] {1});
    Files.createLink(at("other"), at("one"));
    try (FileChannel writer = FileChannel.open(at("one"), StandardOpenOption.WRITE);
        FileChannel reader = FileChannel.open(at("other"))) {
      ByteBuffer read = ByteBuffer.allocate(1);
      assertEquals(1, reader.read(read, 0));
      writer.write(ByteBuffer.wrap(new byte[] {2}), 0);
      assertEquals(1, reader.read(read.clear(), 0));
      assertEquals(2, read.get(0));
    }
  }

  @Test
  void attributesAreKept() throws IOException {
    Path file = Files.createFile(at("file"));
    FileTime time = FileTime.from(Instant.ofEpochSecond(1_000_000_000, 123_456_789));
    Files.setLastModifiedTime(file, time);
    assertEquals(time, Files.getLastModifiedTime(file));
    Files.setAttribute(file, "unix:mode", 0640);
    Files.setAttribute(file, "unix:uid", 12);
    Files.setAttribute(file, "unix:gid", 34);
    assertEquals(0100640, Files.getAttribute(file, "unix:mode"));
    assertEquals(12, Files.getAttribute(file, "unix:uid"));
    assertEquals(34, Files.getAttribute(file, "unix:gid"));
    UserDefinedFileAttributeView xattrs =
        Files.getFileAttributeView(file, UserDefinedFileAttributeView.class);
    xattrs.write("name", ByteBuffer.wrap(new byte[] {7, 8}));
    assertEquals(List.of("name"), xattrs.list());
    assertEquals(2, xattrs.size("name"));
    xattrs.delete("name");
    assertEquals(List.of(), xattrs.list());
  }

  @Test
  void aMountInUseIsRefusedAndThenCutOff() throws IOException, InterruptedException {
    FileChannel file =
        FileChannel.open(at("file"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    MountException refused = assertThrows(MountException.class, mounted()::unmount);
    assertTrue(refused.isBusy());
    assertTrue(Files.exists(at("file")));
    cutOff = true;
    mounted().close();
    assertFalse(Files.exists(at("file")));
    assertThrows(IOException.class, () -> file.write(ByteBuffer.allocate(1)));
    try {
      file.close();
    } catch (IOException e) {
      // it was cut off
    }
  }

  @Test
  void whoUnmountsDoesNotMatter() throws IOException, InterruptedException {
    Files.writeString(at("file"), "text");
    Unmounter.unmount(directory);
    mounted().awaitUnmounted();
    assertFalse(Files.exists(at("file")));
  }
}
