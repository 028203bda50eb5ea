package io.cairnfs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/** A tree of files that its seed determines, and what copies and compares it. */
final class SeededTree {

  private static final int FILES_PER_DIRECTORY = 30;
  private static final int MOST_SMALL_BYTES = 12_000;
  private static final int MOST_LARGE_BYTES = 3 << 20;
  private static final int ONE_IN_LARGE = 100;
  private static final long PATIENCE_SECONDS = 300;

  private SeededTree() {}

  /** Makes a tree outside of any mount. */
  static Path make(long seed, int files) throws IOException {
    System.out.println("tree of seed " + seed);
    Random random = new Random(seed);
    Path root = RunDirectory.current().newDirectory("tree");
    Path directory = root;
    for (int i = 0; i < files; i++) {
      if (i % FILES_PER_DIRECTORY == 0) {
        directory = Files.createDirectory((i % 4 == 0 ? root : directory).resolve("d" + i));
      }
      boolean large = random.nextInt(ONE_IN_LARGE) == 0;
      byte[] bytes = new byte[random.nextInt(large ? MOST_LARGE_BYTES : MOST_SMALL_BYTES)];
      random.nextBytes(bytes);
      Path file = Files.write(directory.resolve("f" + i), bytes);
      switch (random.nextInt(20)) {
        case 0 -> Files.createSymbolicLink(directory.resolve("s" + i), Path.of("f" + i));
        case 1 -> Files.createLink(directory.resolve("l" + i), file);
        default -> {}
      }
    }
    return root;
  }

  /** {@code cp -a}, which fails at the first error. */
  static void copy(Path from, Path to) throws IOException, InterruptedException {
    assertEquals("", shell(List.of("cp", "-a", from.toString(), to.toString())));
  }

  static Process startCopy(Path from, Path to) throws IOException {
    return new ProcessBuilder("cp", "-a", from.toString(), to.toString())
        .redirectErrorStream(true)
        .start();
  }

  /** Asserts that two trees hold the same. */
  static void assertSame(Path expected, Path actual) throws IOException, InterruptedException {
    assertEquals(
        "",
        shell(List.of("diff", "-r", "--no-dereference", expected.toString(), actual.toString())));
  }

  private static String shell(List<String> words) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
    return output(process);
  }

  /** What a process prints, with its exit code unless that is 0. */
  static String output(Process process) throws IOException, InterruptedException {
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      return said + " (did not end)";
    }
    return process.exitValue() == 0 ? said : said + " (exit code " + process.exitValue() + ")";
  }
}
