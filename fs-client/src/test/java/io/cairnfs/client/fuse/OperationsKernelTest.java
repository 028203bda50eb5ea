package io.cairnfs.client.fuse;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairnfs.client.testing.MemoryVfs;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.time.Instant;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;

/** What programs do with files, through the kernel. */
@Timeout(120)
@Isolated("a process that another class starts holds files of the mount until it executes")
class OperationsKernelTest {

  private static final int MIB = 1 << 20;

  private final MemoryVfs vfs = new MemoryVfs();
  private KernelMount place;
  private Path root;

  @BeforeEach
  void mount() throws IOException, InterruptedException {
    place = new KernelMount();
    root = place.directory();
    place.mount(vfs);
  }

  @AfterEach
  void unmount() throws IOException, InterruptedException {
    if (place != null) {
      place.close();
    }
  }

  @Test
  void filesAreWrittenAndReadBack() throws IOException {
    Path file = root.resolve("file");
    Files.writeString(file, "one");
    Files.writeString(file, " two", StandardOpenOption.APPEND);
    assertEquals("one two", Files.readString(file));
    Files.writeString(file, "new"); // truncates
    assertEquals("new", Files.readString(file));
    try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
      open.setLength(1);
      assertEquals(1, Files.size(file));
      open.setLength(5);
      open.getFD().sync();
    }
    assertArrayEquals(new byte[] {'n', 0, 0, 0, 0}, Files.readAllBytes(file));
  }

  @Test
  void namesAreMadeMovedAndRemoved() throws IOException {
    Path directory = Files.createDirectory(root.resolve("directory"));
    Path file = Files.writeString(directory.resolve("a"), "a");
    Path link = Files.createLink(root.resolve("b"), file);
    assertEquals(2, Files.getAttribute(file, "unix:nlink"));
    assertEquals(Files.getAttribute(file, "unix:ino"), Files.getAttribute(link, "unix:ino"));
    Path symlink = Files.createSymbolicLink(root.resolve("s"), Path.of("directory/a"));
    assertEquals("a", Files.readString(symlink));
    assertEquals(Path.of("directory/a"), Files.readSymbolicLink(symlink));
    assertThrows(FileAlreadyExistsException.class, () -> Files.createDirectory(directory));
    assertThrows(DirectoryNotEmptyException.class, () -> Files.delete(directory));
    Files.writeString(root.resolve("other"), "other");
    Files.move(root.resolve("other"), file, StandardCopyOption.ATOMIC_MOVE);
    assertEquals("other", Files.readString(symlink));
    assertEquals("a", Files.readString(link));
    Files.delete(file);
    Files.delete(directory);
    assertThrows(NoSuchFileException.class, () -> Files.readString(symlink));
    try (Stream<Path> names = Files.list(root)) {
      assertEquals(
          Set.of("b", "s"), names.map(p -> p.getFileName().toString()).collect(Collectors.toSet()));
    }
  }

  @Test
  void attributesAreSetAndTold() throws IOException {
    Path file = Files.writeString(root.resolve("file"), "x");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-x--x"));
    Files.setAttribute(file, "unix:uid", 12);
    Files.setAttribute(file, "unix:gid", 34);
    FileTime time = FileTime.from(Instant.parse("1999-12-31T23:59:59.123456789Z"));
    Files.setLastModifiedTime(file, time);
    FileTime old = FileTime.from(Instant.parse("1960-01-01T00:00:00Z"));
    Files.setAttribute(file, "lastAccessTime", old);
    Map<String, Object> attributes = Files.readAttributes(file, "unix:*");
    assertEquals(0100651, attributes.get("mode"));
    assertEquals(12, attributes.get("uid"));
    assertEquals(34, attributes.get("gid"));
    assertEquals(time, attributes.get("lastModifiedTime"));
    assertEquals(old, attributes.get("lastAccessTime"));
    FileStore store = Files.getFileStore(file);
    assertEquals("fuse.cairn", store.type());
    assertEquals(4096L << 30, store.getTotalSpace());
  }

  @Test
  void birthTimeIsTold() throws IOException {
    Instant before = Instant.now().minusSeconds(1);
    Path file = Files.writeString(root.resolve("file"), "x");
    Files.setLastModifiedTime(file, FileTime.fromMillis(0));
    Instant birth = ((FileTime) Files.getAttribute(file, "creationTime")).toInstant();
    assertTrue(
        birth.isAfter(before), birth.toString()); // without STATX it would be the change to 1970
  }

  @Test
  void extendedAttributesAreKept() throws IOException {
    Path file = Files.writeString(root.resolve("file"), "x");
    UserDefinedFileAttributeView view =
        Files.getFileAttributeView(file, UserDefinedFileAttributeView.class);
    byte[] value = new byte[60_000];
    new Random(1).nextBytes(value);
    view.write("big", ByteBuffer.wrap(value));
    view.write("small", ByteBuffer.wrap("v".getBytes(UTF_8)));
    assertEquals(Set.of("big", "small"), Set.copyOf(view.list()));
    ByteBuffer read = ByteBuffer.allocate(value.length);
    view.read("big", read);
    assertArrayEquals(value, read.array());
    view.delete("big");
    assertThrows(IOException.class, () -> view.size("big"));
  }

  @Test
  void anUnlinkedFileLivesUntilItIsClosed() throws IOException, InterruptedException {
    Path file = root.resolve("file");
    try (FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      Files.delete(file);
      channel.write(ByteBuffer.wrap("still".getBytes(UTF_8)), 0);
      ByteBuffer read = ByteBuffer.allocate(5);
      channel.read(read, 0);
      assertEquals("still", new String(read.array(), UTF_8));
    }
    for (int i = 0; i < 100 && vfs.inodes() > 1; i++) {
      Thread.sleep(50); // the kernel releases and forgets after close has returned
    }
    assertEquals(1, vfs.inodes());
    assertEquals(0, vfs.handles());
  }

  @Test
  void largeTransfersKeepEveryByte() throws IOException, AtomicMoveNotSupportedException {
    byte[] bytes = new byte[16 * MIB + 12345];
    new Random(2).nextBytes(bytes);
    Path file = root.resolve("large");
    Files.write(file, bytes);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      for (int i = 0; i < 20; i++) { // unaligned, across requests
        int offset = 3 * MIB - 7 + i * 512 * 1024;
        bytes[offset] = (byte) i;
        channel.write(ByteBuffer.wrap(bytes, offset, 300_000), offset);
      }
    }
    assertArrayEquals(bytes, Files.readAllBytes(file));
    Files.copy(file, root.resolve("copy"));
    assertEquals(-1, Files.mismatch(file, root.resolve("copy")));
  }

  @Test
  void parallelReadersAndWritersDoNotMixTheirBytes()
      throws IOException, InterruptedException, ExecutionException {
    int workers = 8;
    try (ExecutorService pool = Executors.newFixedThreadPool(workers)) {
      var tasks =
          IntStream.range(0, workers)
              .<Future<?>>mapToObj(worker -> pool.submit(() -> writeAndRead(worker)))
              .toList();
      for (Future<?> task : tasks) {
        task.get();
      }
    }
  }

  private boolean writeAndRead(int worker) throws IOException {
    Random random = new Random(worker);
    byte[] bytes = new byte[200_000];
    for (int i = 0; i < 20; i++) {
      random.nextBytes(bytes);
      Path file = root.resolve("f" + worker + "-" + i % 3);
      Files.write(file, bytes);
      assertArrayEquals(bytes, Files.readAllBytes(file));
    }
    return true;
  }

  @Test
  void aLargeDirectoryIsListedWithAttributes() throws IOException {
    int count = 10_000;
    Path directory = Files.createDirectory(root.resolve("many"));
    for (int i = 0; i < count; i++) {
      Files.createFile(directory.resolve("file with a longer name " + i));
    }
    try (Stream<Path> list = Files.walk(directory)) {
      assertEquals(
          count, list.filter(Files::isRegularFile).map(Path::getFileName).distinct().count());
    }
  }

  @Test
  void lookupsAreGivenBack() throws IOException, InterruptedException {
    Path directory = Files.createDirectory(root.resolve("d"));
    for (int i = 0; i < 500; i++) {
      Files.createFile(directory.resolve("f" + i));
    }
    try (Stream<Path> list = Files.walk(root)) {
      assertEquals(502, list.filter(Files::exists).count());
    }
    assertTrue(vfs.lookups() >= 501, () -> vfs.lookups() + " lookups");
    for (int i = 0; i < 50 && vfs.lookups() > 0; i++) {
      Files.writeString(Path.of("/proc/sys/vm/drop_caches"), "2"); // dentries and inodes
      Thread.sleep(100);
    }
    assertEquals(0, vfs.lookups());
    assertEquals(0, vfs.handles());
    assertFalse(Files.exists(directory.resolve("absent")));
    assertTrue(Files.exists(directory.resolve("f1")));
  }
}
