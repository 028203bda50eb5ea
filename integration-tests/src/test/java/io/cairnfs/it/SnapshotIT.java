package io.cairnfs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Snapshots as users have them: in a mount, by commands, from one place to another. */
@Timeout(900)
@Execution(ExecutionMode.CONCURRENT)
final class SnapshotIT {

  private static final Path NOWHERE = Path.of("/dev/null");

  /** What a tree is, by path: what stat(2), readlink(2) and xattrs tell. */
  private static Map<String, String> described(Path root) throws IOException {
    Map<String, String> lines = new TreeMap<>();
    try (Stream<Path> all = Files.walk(root)) {
      for (Path path : (Iterable<Path>) all::iterator) {
        Map<String, Object> stat =
            new TreeMap<>(
                Files.readAttributes(
                    path,
                    "unix:mode,nlink,uid,gid,size,lastModifiedTime",
                    LinkOption.NOFOLLOW_LINKS));
        boolean directory = Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
        if (directory) {
          stat.remove("size"); // what it means is each file system's own
        }
        String more = "";
        if (Files.isSymbolicLink(path)) {
          more = Files.readSymbolicLink(path).toString();
          stat.remove("lastModifiedTime"); // cp -a may cut it
        } else {
          more = xattrs(path);
        }
        lines.put(root.relativize(path).toString(), stat + " " + more);
      }
    }
    return lines;
  }

  private static String xattrs(Path path) throws IOException {
    var view = Files.getFileAttributeView(path, UserDefinedFileAttributeView.class);
    TreeMap<String, String> values = new TreeMap<>();
    for (String name : view.list()) {
      ByteBuffer buffer = ByteBuffer.allocate(view.size(name));
      view.read(name, buffer);
      values.put(name, new String(buffer.array(), StandardCharsets.ISO_8859_1));
    }
    return values.toString();
  }

  private static void setXattr(Path path, String value) throws IOException {
    Files.getFileAttributeView(path, UserDefinedFileAttributeView.class)
        .write("note", ByteBuffer.wrap(value.getBytes(StandardCharsets.UTF_8)));
  }

  /** Changes every file and directory below a path somehow. */
  private static void spoil(Path root) throws IOException {
    List<Path> all;
    try (Stream<Path> walk = Files.walk(root)) {
      all = walk.sorted(Comparator.reverseOrder()).toList();
    }
    int i = 0;
    for (Path path : all) {
      if (path.equals(root)) {
        continue;
      }
      if (Files.isSymbolicLink(path) || i++ % 5 == 0) {
        if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
          Files.delete(path);
          continue;
        }
      }
      if (Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
        Files.writeString(path, "spoilt", StandardOpenOption.WRITE);
        setXattr(path, "spoilt");
      }
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx------"));
      Files.move(path, path.resolveSibling(path.getFileName() + ".moved"));
    }
  }

  @Test
  void aSnapshotStaysInTheMountWhateverIsDoneToTheTree() throws Exception {
    Cairn cairn = Cairn.embedded();
    Path tree = SeededTree.make(3, 200);
    try (TestMount mount = TestMount.embedded(cairn)) {
      Path live = mount.directory().resolve("tree");
      SeededTree.copy(tree, live);
      setXattr(live.resolve("d0"), "kept");
      Files.setPosixFilePermissions(
          live.resolve("d0"), PosixFilePermissions.fromString("rwxr-x--x"));
      Map<String, String> before = described(live);
      cairn.run("volume", "snapshot", "create", "default", "first").expect(0);
      Path control = mount.directory().resolve(".cairn");
      Path first = control.resolve("snapshots/first/tree");
      spoil(live);
      SeededTree.assertSame(tree, first);
      assertEquals(before, described(first));
      cairn.run("volume", "snapshot", "create", "default", "second").expect(0);
      assertEquals(described(live), described(control.resolve("snapshots/second/tree")));

      checkControlDirectory(mount.directory(), control);
      checkTimes(control);
      mount.unmount();
      mount.remount();
      assertEquals(before, described(first));
      SeededTree.assertSame(tree, first);
      cairn.run("volume", "snapshot", "delete", "default", "first").expect(0);
      assertTrue(Files.exists(first), "without --yes nothing is deleted");
      cairn.run("volume", "snapshot", "delete", "default", "first", "--yes").expect(0);
      Thread.sleep(1500); // names in there are cached for a second
      assertFalse(Files.exists(first));
      cairn.run("volume", "snapshot", "delete", "default", "first").expect(1).complains("'first'");
      mount.unmount();
    }
    cairn.run("fsck").expect(0);
  }

  private static void checkControlDirectory(Path root, Path control) throws Exception {
    try (Stream<Path> entries = Files.list(root)) {
      assertEquals(List.of("tree"), entries.map(path -> path.getFileName().toString()).toList());
    }
    try (Stream<Path> entries = Files.list(control)) {
      assertEquals(
          List.of("at", "snapshots", "stats"),
          entries.map(path -> path.getFileName().toString()).sorted().toList());
    }
    assertTrue(Files.readString(control.resolve("stats")).contains("cairn_volume_inodes "));
    Path kept = control.resolve("snapshots/second/tree");
    assertThrows(FileSystemException.class, () -> Files.createDirectory(control));
    assertThrows(FileSystemException.class, () -> Files.delete(control));
    assertThrows(FileSystemException.class, () -> Files.move(control, root.resolve("other")));
    assertThrows(FileSystemException.class, () -> Files.writeString(kept.resolve("new"), "x"));
    assertThrows(
        FileSystemException.class, () -> Files.createDirectory(control.resolve("snapshots/mine")));
    assertThrows(FileSystemException.class, () -> Files.move(kept, root.resolve("stolen")));
    Object live = Files.getAttribute(root.resolve("tree"), "unix:ino");
    Object then = Files.getAttribute(kept, "unix:ino");
    assertFalse(live.equals(then), "inode numbers of snapshots are their own");
    assertEquals(then, Files.getAttribute(kept, "unix:ino"));
    try (Stream<Path> names = Files.list(control.resolve("snapshots"))) {
      assertEquals(2, names.count());
    }
  }

  private static void checkTimes(Path control) throws Exception {
    Path now = control.resolve("at/" + Instant.now());
    assertEquals(
        Path.of("../snapshots/second"), Files.readSymbolicLink(now), "the newest before now");
    assertTrue(Files.isDirectory(now));
    assertFalse(Files.exists(control.resolve("at/2001-01-01T00:00:00Z")));
    assertFalse(Files.exists(control.resolve("at/yesterday")));
    try (Stream<Path> times = Files.list(control.resolve("at"))) {
      for (Path time : times.toList()) {
        assertTrue(Files.isDirectory(time), time.toString());
      }
    }
  }

  @Test
  void aDirectoryOfThatNameIsNotLost() throws Exception {
    Cairn cairn = Cairn.embedded();
    try (TestMount mount = TestMount.embedded(cairn)) {
      Path own = mount.directory().resolve("sub/.cairn");
      Files.createDirectories(own);
      Files.writeString(own.resolve("mine"), "kept");
      mount.unmount();
    }
    try (TestMount mount = TestMount.embedded(cairn, "-o", "subdir=sub")) {
      Path own = mount.directory().resolve(".cairn");
      assertEquals("kept", Files.readString(own.resolve("mine")));
      try (Stream<Path> entries = Files.list(mount.directory())) {
        assertEquals(1, entries.count(), "it is listed as well");
      }
      Files.move(own, mount.directory().resolve("renamed"));
      assertTrue(Files.isDirectory(own.resolve("snapshots")));
      mount.unmount();
    }
  }

  @Test
  void whatWasClosedIsInASnapshotTakenUnderLoad() throws Exception {
    Cairn cairn = Cairn.embedded();
    int writers = 3;
    int files = 1500;
    AtomicIntegerArray closed = new AtomicIntegerArray(writers);
    AtomicBoolean done = new AtomicBoolean();
    AtomicReference<Throwable> failure = new AtomicReference<>();
    try (TestMount mount = TestMount.embedded(cairn)) {
      List<Thread> threads = new ArrayList<>();
      for (int w = 0; w < writers; w++) {
        int writer = w;
        Files.createDirectory(mount.directory().resolve("w" + w));
        threads.add(
            Thread.ofPlatform()
                .start(
                    () -> {
                      try {
                        for (int i = 0; i < files && !done.get(); i++) {
                          Files.write(file(mount.directory(), writer, i), content(writer, i));
                          closed.set(writer, i + 1);
                        }
                      } catch (IOException e) {
                        failure.set(e);
                      }
                    }));
      }
      List<int[]> before = new ArrayList<>();
      for (int s = 0; s < 3; s++) {
        Thread.sleep(300);
        int[] counts = new int[writers];
        for (int w = 0; w < writers; w++) {
          counts[w] = closed.get(w);
        }
        before.add(counts);
        cairn.run("volume", "snapshot", "create", "default", "s" + s).expect(0);
      }
      done.set(true);
      for (Thread thread : threads) {
        thread.join();
      }
      assertEquals(null, failure.get());
      for (int s = 0; s < before.size(); s++) {
        Path snapshot = mount.directory().resolve(".cairn/snapshots/s" + s);
        for (int w = 0; w < writers; w++) {
          checkPrefix(snapshot, w, before.get(s)[w], files);
        }
      }
      mount.unmount();
    }
  }

  private static Path file(Path root, int writer, int i) {
    return root.resolve("w" + writer + "/f" + i);
  }

  private static byte[] content(int writer, int i) {
    byte[] bytes = new byte[500 + i % 3000];
    for (int at = 0; at < bytes.length; at++) {
      bytes[at] = (byte) (writer + 31 * i + at);
    }
    return bytes;
  }

  private static void checkPrefix(Path snapshot, int writer, int least, int most)
      throws IOException {
    int i = 0;
    for (; i < most && Files.exists(file(snapshot, writer, i)); i++) {
      byte[] whole = content(writer, i);
      byte[] found = Files.readAllBytes(file(snapshot, writer, i));
      // What was closed only while mounts drained may lack content: names may overtake others'.
      assertTrue(
          found.length == whole.length || i >= least,
          "file " + i + " is cut, of " + least + " that were closed before");
      assertEquals(ByteBuffer.wrap(whole, 0, found.length), ByteBuffer.wrap(found), "file " + i);
    }
    assertTrue(i >= least, "writer " + writer + ": " + least + " were closed, " + i + " are there");
  }

  @Test
  void snapshotsAreClonedRolledBackAndSentElsewhere() throws Exception {
    Path tree = SeededTree.make(4, 100);
    try (TestCluster cluster = TestCluster.start(3)) {
      Cairn cairn = Cairn.of(cluster);
      cairn.run("volume", "create", "photos", "--replication", "2").expect(0);
      Map<String, String> before;
      try (TestMount mount = TestMount.of(cairn, "photos")) {
        SeededTree.copy(tree, mount.directory().resolve("tree"));
        before = described(mount.directory().resolve("tree"));
        mount.unmount();
      }
      cairn.run("volume", "snapshot", "create", "photos", "one").expect(0);
      cairn.run("volume", "snapshot", "create", "photos", "one").expect(1).complains("already");
      cairn.run("volume", "snapshot", "create", "photos", "a/b").expect(2).complains("no name");
      cairn.run("volume", "clone", "photos@one", "copy").expect(0);
      try (TestMount mount = TestMount.of(cairn, "copy")) {
        assertEquals(before, described(mount.directory().resolve("tree")));
        spoil(mount.directory().resolve("tree"));
        mount.unmount();
      }
      try (TestMount mount = TestMount.of(cairn, "photos")) {
        assertEquals(before, described(mount.directory().resolve("tree")));
        Files.writeString(mount.directory().resolve("more"), "more");
        Files.delete(mount.directory().resolve("tree/d0/f1"));
        cairn.run("volume", "rollback", "photos", "one").expect(1).complains("--yes");
        mount.unmount();
      }
      String diff = cairn.run("volume", "snapshot", "diff", "photos", "one").expect(0).out();
      assertEquals("+ /more\n- /tree/d0/f1\n", diff);
      cairn.run("volume", "snapshot", "create", "photos", "two").expect(0);
      sendElsewhere(cairn, tree);
      cairn.run("volume", "rollback", "photos", "one").expect(0);
      try (TestMount mount = TestMount.of(cairn, "photos")) {
        assertEquals(before, described(mount.directory().resolve("tree")));
        try (TestMount old = TestMount.of(cairn, "photos", "-o", "snapshot=two")) {
          assertEquals("more", Files.readString(old.directory().resolve("more")));
          assertThrows(
              FileSystemException.class,
              () -> Files.writeString(old.directory().resolve("new"), "new"));
          old.unmount();
        }
        mount.unmount();
      }
      for (String volume : List.of("photos", "copy")) {
        cairn.run("fsck", volume).expect(0);
      }
    }
  }

  /** Carries both snapshots to the embedded node of another user. */
  private static void sendElsewhere(Cairn cairn, Path tree) throws Exception {
    Path full = cairn.home().resolve("full.car");
    Path delta = cairn.home().resolve("delta.car");
    cairn.run(NOWHERE, full, "volume", "send", "photos@one").expect(0);
    cairn.run(NOWHERE, delta, "volume", "send", "photos@two", "--from", "one").expect(0);
    assertTrue(Files.size(delta) < Files.size(full) / 5, "a small change is a small file");
    Cairn other = Cairn.embedded();
    Path out = other.home().resolve("received");
    other.run(delta, out, "volume", "receive", "default").expect(1).complains("'one'");
    other.run(full, out, "volume", "receive", "default").expect(0);
    other.run(full, out, "volume", "receive", "default").expect(1).complains("another name");
    try (TestMount mount = TestMount.embedded(other)) {
      SeededTree.assertSame(tree, mount.directory().resolve("tree"));
      other.run(delta, out, "volume", "receive", "default").expect(1).complains("unmount");
      mount.unmount();
    }
    other.run(delta, out, "volume", "receive", "default").expect(0);
    other.run(delta, out, "volume", "receive", "default").expect(1).complains("already");
    try (TestMount mount = TestMount.embedded(other)) {
      assertEquals("more", Files.readString(mount.directory().resolve("more")));
      assertFalse(Files.exists(mount.directory().resolve("tree/d0/f1")));
      SeededTree.assertSame(tree, mount.directory().resolve(".cairn/snapshots/one/tree"));
      mount.unmount();
    }
    other.run("fsck").expect(0);
  }

  @Test
  void aScheduleMakesSnapshots() throws Exception {
    onASchedule(snapshots -> awaitSnapshots(snapshots, 1, List.of()));
  }

  @Test
  @Tag("extended")
  void aScheduleMakesAndDeletesSnapshots() throws Exception {
    onASchedule(
        snapshots -> {
          List<String> first = awaitSnapshots(snapshots, 2, List.of());
          List<String> later = awaitSnapshots(snapshots, 1, first);
          assertTrue(later.size() <= 4, later.toString());
        });
  }

  /** What is to come into the directory of the snapshots. */
  private interface Expectation {
    void check(Path snapshots) throws Exception;
  }

  private static void onASchedule(Expectation expectation) throws Exception {
    Cairn cairn = Cairn.embedded();
    try (TestMount mount = TestMount.embedded(cairn)) {
      Files.writeString(mount.directory().resolve("file"), "x");
      cairn
          .run("volume", "snapshot", "schedule", "default", "--every", "1s")
          .expect(2)
          .complains("10 s");
      cairn
          .run("volume", "snapshot", "schedule", "default", "--every", "10s", "--keep", "20s:10s")
          .expect(0);
      expectation.check(mount.directory().resolve(".cairn/snapshots"));
      cairn.run("volume", "snapshot", "schedule", "default", "--off").expect(0);
      mount.unmount();
    }
  }

  /** Waits for so many snapshots while none of {@code gone} is there. */
  private static List<String> awaitSnapshots(Path directory, int count, List<String> gone)
      throws Exception {
    long end = System.nanoTime() + 90_000_000_000L;
    while (true) {
      try (Stream<Path> entries = Files.list(directory)) {
        List<String> names = entries.map(path -> path.getFileName().toString()).toList();
        if (names.size() >= count && names.stream().noneMatch(gone::contains)) {
          return names;
        }
        assertTrue(System.nanoTime() < end, () -> "only " + names);
      }
      Thread.sleep(500);
    }
  }
}
