package io.cairnfs.client.history;

import static io.cairnfs.client.history.HistoryFixture.ROOT;
import static io.cairnfs.client.history.HistoryFixture.bytes;
import static io.cairnfs.client.history.HistoryFixture.directory;
import static io.cairnfs.client.history.HistoryFixture.file;
import static io.cairnfs.client.history.HistoryFixture.listing;
import static io.cairnfs.client.history.HistoryFixture.lookup;
import static io.cairnfs.client.history.HistoryFixture.overwrite;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairnfs.client.vfs.Caller;
import io.cairnfs.client.vfs.Created;
import io.cairnfs.client.vfs.MountedVolume;
import io.cairnfs.client.vfs.OpenFlags;
import io.cairnfs.client.vfs.Vfs;
import io.cairnfs.client.vfs.VfsException;
import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.head.NewSnapshot;
import io.cairnfs.protocol.head.SessionId;
import io.cairnfs.protocol.head.Snapshot;
import io.cairnfs.protocol.head.VolumeId;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Snapshots of a volume in use: what they are, what comes of them, what differs between them. */
final class VolumeHistoryTest {

  private HistoryFixture fixture;

  @BeforeEach
  void open() throws Exception {
    fixture = new HistoryFixture();
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  /** A snapshot of what is committed, without asking a mount that does not listen. */
  private Snapshot take(String name) throws Exception {
    return fixture.snapshots.create(
        fixture.volume, NewSnapshot.named(name), HistoryFixture.TIMEOUT);
  }

  @Test
  void aSnapshotStaysWhatTheVolumeWas() throws Exception {
    MountedVolume mounted = fixture.mount();
    Vfs vfs = mounted.vfs();
    long inner = directory(vfs, ROOT, "inner");
    long kept = file(vfs, inner, "file", bytes("before"));
    vfs.syncAll();
    Map<String, String> before = listing(vfs);
    Snapshot made = take("s");
    assertNull(made.root(), "nobody has folded");
    overwrite(vfs, kept, 2, bytes("AFTER, and longer"));
    file(vfs, ROOT, "new", bytes("new"));
    vfs.syncAll();
    mounted.fold();
    assertEquals(before, fixture.listing(fixture.history.find("s")));
    assertNotEquals(before, listing(vfs));
    mounted.close();
    assertEquals(before, fixture.listing(fixture.history.pinned("s")));
  }

  /** Many snapshots while random things happen; each is what was listed when it was made. */
  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void everySnapshotIsWhatWasThere(long seed) throws Exception {
    Random random = new Random(seed);
    Map<String, Map<String, String>> expected = new LinkedHashMap<>();
    MountedVolume mounted = fixture.mount();
    for (int step = 0; step < 250; step++) {
      Vfs vfs = mounted.vfs();
      change(vfs, random);
      switch (random.nextInt(12)) {
        case 0 -> mounted.fold();
        case 1 -> {
          vfs.syncAll();
          String name = "s" + step;
          take(name);
          expected.put(name, listing(vfs));
        }
        case 2 -> {
          if (random.nextInt(4) == 0 && !expected.isEmpty()) {
            String gone = expected.keySet().iterator().next();
            fixture.snapshots.delete(
                fixture.volume, fixture.history.find(gone).serial(), HistoryFixture.TIMEOUT);
            expected.remove(gone);
          }
        }
        case 3 -> {
          if (random.nextInt(5) == 0) {
            Map<String, String> before = listing(vfs);
            mounted.close();
            mounted = fixture.mount();
            assertEquals(before, listing(mounted.vfs()));
          }
        }
        default -> {}
      }
    }
    mounted.close();
    List<String> names = new ArrayList<>(expected.keySet());
    assertTrue(names.size() > 5, "too few snapshots: " + names);
    for (String name : names) {
      assertEquals(expected.get(name), fixture.listing(fixture.history.pinned(name)), name);
    }
    for (int i = 1; i < names.size(); i++) {
      checkDiff(names.get(i - 1), names.get(i), expected);
    }
  }

  /** A diff names the paths whose lines differ, and no others. */
  private void checkDiff(String from, String to, Map<String, Map<String, String>> listings)
      throws Exception {
    Map<String, String> before = withoutDirectoryTimes(Objects.requireNonNull(listings.get(from)));
    Map<String, String> after = withoutDirectoryTimes(Objects.requireNonNull(listings.get(to)));
    Set<String> all = new TreeSet<>(before.keySet());
    all.addAll(after.keySet());
    Set<String> differing = new TreeSet<>();
    for (String path : all) {
      if (!Objects.equals(before.get(path), after.get(path))) {
        differing.add(path);
      }
    }
    Set<String> told = new TreeSet<>();
    Set<String> renamedDirectories = new HashSet<>();
    for (PathChange change : fixture.history.diff(from, to)) {
      told.add(change.path());
      if (change.from() != null) {
        told.add(change.from());
        renamedDirectories.add(change.path() + "/");
        renamedDirectories.add(change.from() + "/");
      }
    }
    // What is below a renamed directory is told by that directory alone.
    differing.removeIf(
        path -> !told.contains(path) && renamedDirectories.stream().anyMatch(path::startsWith));
    // A path may have another inode that looks the same, or attributes that came back.
    assertTrue(told.containsAll(differing), () -> "told " + told + ", differ " + differing);
  }

  private static Map<String, String> withoutDirectoryTimes(Map<String, String> listing) {
    Map<String, String> lines = new TreeMap<>();
    listing.forEach(
        (path, line) -> {
          if (!path.endsWith("/")) {
            lines.put(path, line.replaceFirst("^[0-9]+ ([A-Z]+ [0-7]+) [0-9]+ ", "$1 "));
          } else if (path.length() > 1) {
            lines.put(path.substring(0, path.length() - 1), line.split(" ", 3)[1]);
          }
        });
    return lines;
  }

  /** One random step, on names from a small set. */
  private static void change(Vfs vfs, Random random) throws Exception {
    long parent = ROOT;
    if (random.nextBoolean()) {
      String name = "d" + random.nextInt(3);
      try {
        parent = lookup(vfs, ROOT, name);
      } catch (VfsException e) {
        directory(vfs, ROOT, name);
        return;
      }
    }
    String name = "f" + random.nextInt(8);
    byte[] data = new byte[1 + random.nextInt(5000)];
    random.nextBytes(data);
    try {
      switch (random.nextInt(6)) {
        case 0, 1 -> file(vfs, parent, name, data);
        case 2 -> overwrite(vfs, lookup(vfs, parent, name), random.nextInt(3000), data);
        case 3 -> vfs.unlink(Caller.ROOT, parent, bytes(name));
        case 4 ->
            vfs.rename(
                Caller.ROOT,
                parent,
                bytes(name),
                ROOT,
                bytes("f" + random.nextInt(8)),
                Vfs.RenameMode.REPLACE);
        default ->
            vfs.setXattr(
                Caller.ROOT,
                lookup(vfs, parent, name),
                "user.x",
                new byte[] {(byte) random.nextInt(100)},
                Vfs.XattrMode.ANY,
                false);
      }
    } catch (VfsException e) {
      return; // the name is taken, or there is none
    }
  }

  @Test
  void aCloneGoesItsOwnWay() throws Exception {
    long[] numbers = new long[2];
    fixture.mounted(vfs -> numbers[0] = file(vfs, ROOT, "shared", bytes("same")));
    fixture.history.create("s");
    Snapshot pinned = fixture.history.pinned("s");
    VolumeId clone = fixture.found(VolumeHistory.origin(pinned));
    Map<String, String> before = fixture.listing(pinned);
    fixture.mounted(
        clone,
        vfs -> {
          assertEquals(before, listing(vfs));
          numbers[1] = file(vfs, ROOT, "only in the clone", bytes("x"));
          overwrite(vfs, lookup(vfs, ROOT, "shared"), 0, bytes("else"));
        });
    assertTrue(numbers[1] > numbers[0], "inode numbers go on from the origin's");
    fixture.mounted(vfs -> assertEquals(before, listing(vfs)));
    assertEquals(
        2 + 1,
        fixture.heads.info(clone, HistoryFixture.TIMEOUT).state().usage().inodes(),
        "usage goes on from the origin's");
  }

  @Test
  void aRollbackKeepsWhatWasBefore() throws Exception {
    List<Map<String, String>> seen = new ArrayList<>();
    fixture.mounted(
        vfs -> {
          file(vfs, ROOT, "old", bytes("old"));
          vfs.syncAll();
          fixture.history.create("s");
          seen.add(listing(vfs));
          vfs.unlink(Caller.ROOT, ROOT, bytes("old"));
          file(vfs, ROOT, "new", bytes("new"));
          vfs.syncAll();
          seen.add(listing(vfs));
          HeadException refused =
              assertThrows(HeadException.class, () -> fixture.history.rollback("s", false));
          assertEquals(HeadException.Reason.HELD, refused.reason());
        });
    Snapshot before = fixture.history.rollback("s", false);
    fixture.mounted(
        vfs -> {
          assertEquals(seen.get(0), listing(vfs));
          file(vfs, ROOT, "newer", bytes("newer"));
        });
    assertEquals(seen.get(1), fixture.listing(before));
    fixture.history.rollback(before.name(), false);
    fixture.mounted(vfs -> assertEquals(seen.get(1), listing(vfs)));
    assertThrows(HistoryException.class, () -> fixture.history.rollback("no such", false));
  }

  @Test
  void aMountedVolumeIsRolledBackOnlyByForceAndNoticesIt() throws Exception {
    MountedVolume mounted = fixture.mount();
    file(mounted.vfs(), ROOT, "old", bytes("old"));
    mounted.vfs().syncAll();
    take("s");
    Map<String, String> then = listing(mounted.vfs());
    file(mounted.vfs(), ROOT, "new", bytes("new"));
    mounted.vfs().syncAll();
    fixture.history.rollback("s", true);
    long end = System.nanoTime() + HistoryFixture.TIMEOUT.toNanos();
    while (true) {
      try {
        assertEquals(then, listing(mounted.vfs()));
        break;
      } catch (VfsException | AssertionError e) {
        if (System.nanoTime() > end) {
          throw e;
        }
        Thread.sleep(100); // its lease is renewed now and then: only that tells it
      }
    }
    mounted.close();
  }

  @Test
  void aDiffSaysWhatHappenedByPath() throws Exception {
    fixture.mounted(
        vfs -> {
          long a = directory(vfs, ROOT, "a");
          long deep = directory(vfs, a, "deep");
          file(vfs, deep, "touched", bytes("one"));
          file(vfs, deep, "same", bytes("same"));
          file(vfs, a, "gone", bytes("gone"));
          file(vfs, a, "moved", bytes("moved"));
          file(vfs, a, "saved", bytes("saved"));
          file(vfs, a, "odd \n name", bytes("odd"));
          directory(vfs, ROOT, "removed");
          vfs.syncAll();
          fixture.history.create("s");

          overwrite(vfs, lookup(vfs, deep, "touched"), 0, bytes("two"));
          vfs.unlink(Caller.ROOT, a, bytes("gone"));
          vfs.rename(Caller.ROOT, a, bytes("moved"), deep, bytes("here"), Vfs.RenameMode.REPLACE);
          file(vfs, a, "saved.tmp", bytes("saved anew"));
          vfs.rename(Caller.ROOT, a, bytes("saved.tmp"), a, bytes("saved"), Vfs.RenameMode.REPLACE);
          overwrite(vfs, lookup(vfs, a, "odd \n name"), 0, bytes("odder"));
          vfs.removeDirectory(Caller.ROOT, ROOT, bytes("removed"));
          directory(vfs, ROOT, "made");
          vfs.setXattr(Caller.ROOT, a, "user.x", bytes("y"), Vfs.XattrMode.ANY, false);
          vfs.syncAll();
          List<String> beside = told("s", null);
          fixture.history.create("t");
          assertEquals(
              List.of(
                  "MODIFIED /a",
                  "RENAMED /a/deep/here from /a/moved",
                  "MODIFIED /a/deep/touched",
                  "DELETED /a/gone",
                  "MODIFIED /a/odd \\x0a name",
                  "MODIFIED /a/saved",
                  "CREATED /made",
                  "DELETED /removed"),
              beside);
        });
    assertEquals(8, told("s", "t").size());
    assertEquals(List.of(), told("t", null));
    assertEquals(List.of(), told("t", "t"));
    assertTrue(told("t", "s").contains("RENAMED /a/moved from /a/deep/here"));
  }

  private List<String> told(String from, @Nullable String to) throws Exception {
    return fixture.history.diff(from, to).stream()
        .map(
            change ->
                change.kind()
                    + " "
                    + change.path()
                    + (change.from() == null ? "" : " from " + change.from()))
        .toList();
  }

  @Test
  void whatAMountHasInMemoryIsInASnapshot() throws Exception {
    fixture.mounted(
        vfs -> {
          Created open =
              vfs.create(
                  Caller.ROOT,
                  ROOT,
                  bytes("open"),
                  0100644,
                  022,
                  new OpenFlags(true, true, false, false, false, false, false, false));
          long handle = open.opened().handle();
          vfs.write(Caller.ROOT, handle, 0, ByteBuffer.wrap(bytes("dirty")), Vfs.WriteMode.PROGRAM);
          assertTrue(fixture.history.create("s").complete());
          vfs.write(Caller.ROOT, handle, 0, ByteBuffer.wrap(bytes("later")), Vfs.WriteMode.PROGRAM);
          Snapshot pinned = fixture.history.pinned("s");
          assertEquals("dirty", fixture.contentOf(pinned, "open"));
          vfs.release(handle, 0);
        });
  }

  @Test
  void aMountThatDoesNotAnswerIsNotWaitedForLong() throws Exception {
    fixture.mounted(vfs -> file(vfs, ROOT, "file", bytes("x")));
    fixture.heads.open(fixture.volume, SessionId.random(), "silent", HistoryFixture.TIMEOUT);
    assertFalse(fixture.history.create("s").complete());
  }

  @Test
  void aModifiedFileIsFoundByItsOtherNames() throws Exception {
    fixture.mounted(
        vfs -> {
          long file = file(vfs, ROOT, "first", bytes("x"));
          long other = directory(vfs, ROOT, "other");
          vfs.link(Caller.ROOT, file, other, bytes("second"));
          vfs.unlink(Caller.ROOT, other, bytes("second"));
          vfs.syncAll();
          fixture.history.create("s");
          overwrite(vfs, file, 0, bytes("y"));
        });
    assertEquals(List.of("MODIFIED /first"), told("s", null));
  }
}
