package io.cairnfs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * One directory of very many entries, under a mount with a small heap. Prints how fast it is, and
 * what the mount's process takes.
 */
@Timeout(value = 2, unit = TimeUnit.HOURS)
final class LargeDirectoryIT {

  private static final String STAYS = "stays-";
  private static final String GOES = "goes-";
  private static final String COMES = "comes-";

  /** How often an entry comes and another goes while the directory is listed. */
  private static final int CHANGE_EVERY = 100;

  private final Cairn cairn = Cairn.embedded();

  LargeDirectoryIT() throws IOException {}

  @Test
  void tensOfThousands() throws Exception {
    fillAndEmpty(20_000);
  }

  @Test
  @Tag("extended")
  void aMillion() throws Exception {
    fillAndEmpty(1_000_000);
  }

  private interface Step {
    void run(int number) throws IOException;
  }

  private static void each(TestMount mount, String what, int count, Step step) throws IOException {
    long start = System.nanoTime();
    for (int i = 0; i < count; i++) {
      step.run(i);
    }
    report(mount, what, count, start);
  }

  private static void report(TestMount mount, String what, int count, long start)
      throws IOException {
    double seconds = (System.nanoTime() - start) / 1e9;
    System.out.printf(
        "%s %,d entries: %,.0f a second, %s%n", what, count, count / seconds, memory(mount));
  }

  private static String memory(TestMount mount) throws IOException {
    return Files.readAllLines(Path.of("/proc/" + mount.pid() + "/status")).stream()
        .filter(line -> line.startsWith("VmRSS"))
        .findFirst()
        .orElse("")
        .replaceAll("\\s+", " ");
  }

  private void fillAndEmpty(int count) throws Exception {
    try (TestMount mount = TestMount.embedded(cairn)) {
      Path directory = Files.createDirectory(mount.directory().resolve("large"));
      int going = count / CHANGE_EVERY;
      each(mount, "create", count, i -> Files.createFile(directory.resolve(STAYS + i)));
      for (int i = 0; i < going; i++) {
        Files.createFile(directory.resolve(GOES + i));
      }
      list(mount, directory, count + going);
      listWhileItChanges(mount, directory, count, going);
      assertEquals(count + going, Files.size(directory));
      each(mount, "stat", count, i -> Files.size(directory.resolve(STAYS + i)));
      mount.unmount();
      mount.remount();
      each(
          mount,
          "stat anew",
          count,
          i -> assertEquals(0, Files.size(directory.resolve(STAYS + i))));
      each(mount, "unlink", count, i -> Files.delete(directory.resolve(STAYS + i)));
      for (int i = 0; i < going; i++) {
        assertFalse(Files.exists(directory.resolve(GOES + i)));
        Files.delete(directory.resolve(COMES + i));
      }
      Files.delete(directory);
      assertEquals(0, mount.terminate());
    }
  }

  private static void list(TestMount mount, Path directory, int count) throws IOException {
    long start = System.nanoTime();
    try (Stream<Path> entries = Files.list(directory)) {
      assertEquals(count, entries.count());
    }
    report(mount, "list", count, start);
  }

  /** Whatever stays is listed once. */
  private static void listWhileItChanges(TestMount mount, Path directory, int count, int changes)
      throws IOException {
    BitSet listed = new BitSet(count);
    int seen = 0;
    int changed = 0;
    long start = System.nanoTime();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      for (Path entry : entries) {
        String name = entry.getFileName().toString();
        if (name.startsWith(STAYS)) {
          int number = Integer.parseInt(name.substring(STAYS.length()));
          assertFalse(listed.get(number), () -> name + " is listed twice");
          listed.set(number);
        }
        if (++seen % CHANGE_EVERY == 0 && changed < changes) {
          Files.delete(directory.resolve(GOES + changed));
          Files.createFile(directory.resolve(COMES + changed));
          changed++;
        }
      }
    }
    report(mount, "list, while it changes,", seen, start);
    assertEquals(count, listed.cardinality());
    assertEquals(changes, changed);
    assertTrue(seen >= count);
  }
}
