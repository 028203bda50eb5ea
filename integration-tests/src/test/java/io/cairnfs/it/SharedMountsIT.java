package io.cairnfs.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairnfs.it.linear.Verdict;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** A volume of three real nodes, mounted by several processes at once. */
@Timeout(300)
@Execution(ExecutionMode.CONCURRENT)
final class SharedMountsIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int CALLS_EACH = 150;
  private static final String NAME = "shared-";

  /** Each has a volume of its own. */
  private static final int TESTS = 7;

  /** A lease, its margin, and time for a busy machine. */
  private static final long DEAD_MILLIS = 15_000;

  private static final AtomicInteger VOLUMES = new AtomicInteger();

  private static TestCluster cluster;
  private static Cairn cairn;

  private final List<TestMount> mounts = new ArrayList<>();

  @BeforeAll
  static void startNodes() throws Exception {
    cluster = TestCluster.start(3);
    cairn = Cairn.of(cluster);
    cluster.createVolumes(cairn, NAME, TESTS);
  }

  @AfterAll
  static void stopNodes() {
    cluster.close();
  }

  @AfterEach
  void unmount() throws IOException {
    for (TestMount mount : mounts) {
      mount.close();
    }
  }

  private static String newVolume() {
    return NAME + VOLUMES.incrementAndGet();
  }

  private Path mount(String volume) throws Exception {
    mounts.add(TestMount.of(cairn, volume, "-o", "timeout=20"));
    return mounts.getLast().directory();
  }

  private static Set<String> list(Path directory) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.map(entry -> entry.getFileName().toString()).collect(Collectors.toSet());
    }
  }

  @Test
  void whatOneDoesTheOtherSeesAtOnce() throws Exception {
    String volume = newVolume();
    Path one = mount(volume);
    Files.createDirectory(one.resolve("dir"));
    Files.writeString(one.resolve("dir/before"), "written alone");
    Path two = mount(volume);
    assertEquals("written alone", Files.readString(two.resolve("dir/before")));
    for (int round = 0; round < 10; round++) {
      Path here = round % 2 == 0 ? one : two;
      Path there = round % 2 == 0 ? two : one;
      sameOnBothSides(here.resolve("dir"), there.resolve("dir"), round);
    }
    String holders = cairn.run("volume", "info", volume).expect(0).out();
    for (TestMount mount : mounts) {
      assertTrue(holders.contains(mount.directory().toString()), holders);
    }
  }

  private static void sameOnBothSides(Path here, Path there, int round) throws IOException {
    String name = "file " + round;
    assertFalse(Files.exists(there.resolve(name)));
    Files.writeString(here.resolve(name), "first", StandardOpenOption.CREATE_NEW);
    assertEquals("first", Files.readString(there.resolve(name)));
    assertThrows(FileAlreadyExistsException.class, () -> Files.createFile(there.resolve(name)));
    Files.writeString(there.resolve(name), "second, and longer");
    assertEquals("second, and longer", Files.readString(here.resolve(name)));
    Files.writeString(here.resolve(name), "3rd");
    assertEquals("3rd", Files.readString(there.resolve(name)));
    assertEquals(3, Files.size(there.resolve(name)));
    Files.writeString(there.resolve(name), " and more", StandardOpenOption.APPEND);
    Files.writeString(here.resolve(name), " and most", StandardOpenOption.APPEND);
    assertEquals("3rd and more and most", Files.readString(there.resolve(name)));
    Files.move(here.resolve(name), here.resolve("moved"), StandardCopyOption.ATOMIC_MOVE);
    assertThrows(NoSuchFileException.class, () -> Files.delete(there.resolve(name)));
    assertEquals(list(here), list(there));
    Files.createLink(there.resolve(name), there.resolve("moved"));
    assertEquals(2, links(here.resolve("moved")));
    Files.delete(here.resolve("moved"));
    assertFalse(Files.exists(there.resolve("moved")));
    assertEquals(1, links(there.resolve(name)));
    Files.createDirectory(there.resolve("sub"));
    assertThrows(
        FileAlreadyExistsException.class, () -> Files.createDirectory(here.resolve("sub")));
    Files.createFile(here.resolve("sub/inside"));
    assertThrows(IOException.class, () -> Files.delete(there.resolve("sub")));
    Files.delete(there.resolve("sub/inside"));
    Files.delete(here.resolve("sub"));
    assertThrows(NoSuchFileException.class, () -> Files.createFile(there.resolve("sub/late")));
  }

  private static int links(Path file) throws IOException {
    return (Integer) Files.getAttribute(file, "unix:nlink");
  }

  @Test
  void namesAreLinearizable() throws Exception {
    String volume = newVolume();
    List<Path> directories = List.of(mount(volume), mount(volume), mount(volume));
    LinearRun run = new LinearRun(directories, 1, CALLS_EACH, target -> target);
    run.await(PATIENCE);
    assertInstanceOf(Verdict.Linearizable.class, run.finish(PATIENCE));
  }

  @Test
  void nothingAppendedIsLost() throws Exception {
    String volume = newVolume();
    List<Path> directories = List.of(mount(volume), mount(volume));
    int each = 50;
    inParallel(
        directories,
        (directory, number) -> {
          for (int i = 0; i < each; i++) {
            Files.writeString(
                directory.resolve("log"),
                number + " " + i + "\n",
                UTF_8,
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
          }
        });
    for (Path directory : directories) {
      List<String> lines = Files.readAllLines(directory.resolve("log"));
      assertEquals(2 * each, lines.size());
      for (int number = 0; number < 2; number++) {
        String mine = number + " ";
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < each; i++) {
          expected.add(mine + i);
        }
        assertEquals(expected, lines.stream().filter(line -> line.startsWith(mine)).toList());
      }
    }
  }

  private interface Work {
    void on(Path directory, int number) throws Exception;
  }

  private static void inParallel(List<Path> directories, Work work) throws Exception {
    try (ExecutorService threads = Executors.newCachedThreadPool()) {
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < directories.size(); i++) {
        int number = i;
        running.add(
            threads.submit(
                () -> {
                  work.on(directories.get(number), number);
                  return true;
                }));
      }
      for (Future<?> each : running) {
        each.get();
      }
    }
  }

  @Test
  @Tag("extended")
  void othersComeAndGoUnderLoad() throws Exception {
    String volume = newVolume();
    Path one = mount(volume);
    AtomicBoolean stop = new AtomicBoolean();
    try (ExecutorService threads = Executors.newSingleThreadExecutor()) {
      Future<Integer> load =
          threads.submit(
              () -> {
                int made = 0;
                while (!stop.get()) {
                  Files.writeString(one.resolve("file " + made), "content " + made);
                  made++;
                }
                return made;
              });
      for (int round = 0; round < 2; round++) {
        Path two = mount(volume);
        Path flag = two.resolve("flag " + round);
        Files.createFile(flag);
        assertTrue(Files.exists(one.resolve("flag " + round)));
        TimeUnit.MILLISECONDS.sleep(500);
        mounts.getLast().unmount();
        TimeUnit.SECONDS.sleep(3); // alone again
      }
      stop.set(true);
      int made = load.get();
      System.out.println(made + " files were made meanwhile");
      Path three = mount(volume);
      for (int i = 0; i < made; i++) {
        assertEquals("content " + i, Files.readString(three.resolve("file " + i)));
      }
      assertEquals(made + 2, list(three).size());
    }
  }

  @Test
  void aRemovedFileLivesWhereItIsOpen() throws Exception {
    String volume = newVolume();
    Path one = mount(volume);
    Path two = mount(volume);
    Files.writeString(one.resolve("file"), "still here");
    try (RandomAccessFile open = new RandomAccessFile(one.resolve("file").toFile(), "rw")) {
      Files.delete(two.resolve("file"));
      assertFalse(Files.exists(one.resolve("file")));
      TimeUnit.MILLISECONDS.sleep(500); // for who would remove it too early
      assertEquals("still here", open.readLine());
      open.write('!');
      open.getFD().sync();
      assertEquals(11, open.length());
      mounts.getLast().kill();
      TimeUnit.MILLISECONDS.sleep(6_000); // its session is dead
      open.seek(0);
      assertEquals("still here!", open.readLine());
    }
    awaitInodes(one, 1);
  }

  /** Waits until nothing but so many inodes is left. */
  private static void awaitInodes(Path directory, int count) throws Exception {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(DEAD_MILLIS);
    String used = "";
    while (System.nanoTime() < end) {
      Process df =
          new ProcessBuilder("df", "--output=iused", directory.toString())
              .redirectErrorStream(true)
              .start();
      used = new String(df.getInputStream().readAllBytes(), UTF_8).lines().toList().getLast();
      if (used.strip().equals(String.valueOf(count))) {
        return;
      }
      TimeUnit.MILLISECONDS.sleep(100);
    }
    throw new AssertionError(used + " inodes are left");
  }

  @Test
  void whoIsKilledHoldsUpNobodyForLong() throws Exception {
    String volume = newVolume();
    Path one = mount(volume);
    Path two = mount(volume);
    Files.writeString(two.resolve("closed"), "what was closed is there");
    mounts.getLast().kill();
    long start = System.nanoTime();
    Files.createFile(one.resolve("after"));
    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    System.out.println("a mount was killed: the other waited for " + millis + " ms");
    assertTrue(millis < DEAD_MILLIS);
    assertEquals("what was closed is there", Files.readString(one.resolve("closed")));
    mounts.getLast().remount();
    assertEquals(Set.of("closed", "after"), list(two));
  }

  /** Reads a file, if need be when there is a new session. */
  private static String awaitContent(Path file) throws Exception {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(DEAD_MILLIS);
    while (true) {
      try {
        return Files.readString(file);
      } catch (FileSystemException e) {
        if (System.nanoTime() > end) {
          throw e;
        }
        TimeUnit.MILLISECONDS.sleep(50);
      }
    }
  }

  @Test
  void whoWasPausedBeyondItsLeaseLearnsSo() throws Exception {
    String volume = newVolume();
    Path one = mount(volume);
    Path two = mount(volume);
    Files.writeString(two.resolve("file"), "old");
    RandomAccessFile open = new RandomAccessFile(two.resolve("file").toFile(), "rw");
    open.write('x');
    mounts.getLast().pause();
    Files.writeString(one.resolve("file"), "new content");
    mounts.getLast().resume();
    assertEquals("new content", awaitContent(two.resolve("file")));
    assertThrows(IOException.class, () -> open.getFD().sync(), "what it wrote is lost");
    assertThrows(IOException.class, open::close);
    Files.writeString(two.resolve("file"), "by a new session");
    assertEquals("by a new session", Files.readString(one.resolve("file")));
  }
}
