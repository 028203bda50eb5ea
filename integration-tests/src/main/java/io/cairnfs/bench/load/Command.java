package io.cairnfs.bench.load;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Programs that are run to their end, such as tar and git, in a bounded time. */
public final class Command {

  /** What a failure quotes of a program's output. */
  private static final int QUOTED_CHARACTERS = 300;

  private Command() {}

  /** Runs a program of which only success matters, in the C locale. */
  public static double seconds(Duration cap, String... words)
      throws IOException, InterruptedException {
    return seconds(new ProcessBuilder(words), cap, Set.of(0));
  }

  /**
   * Runs a program without its output.
   *
   * @param accepted exit codes that mean success
   * @return how long it took
   * @throws IOException if it failed, quoting it, or took longer than the cap; it is killed then
   */
  public static double seconds(ProcessBuilder builder, Duration cap, Set<Integer> accepted)
      throws IOException, InterruptedException {
    return run(builder.redirectOutput(ProcessBuilder.Redirect.DISCARD), cap, accepted);
  }

  /** Runs a program and returns what it prints, without blanks at its ends. */
  public static String output(ProcessBuilder builder, Duration cap)
      throws IOException, InterruptedException {
    Path output = Files.createTempFile("bench", ".out");
    try {
      run(builder.redirectOutput(output.toFile()), cap, Set.of(0));
      return Files.readString(output).strip();
    } finally {
      Files.deleteIfExists(output);
    }
  }

  private static double run(ProcessBuilder builder, Duration cap, Set<Integer> accepted)
      throws IOException, InterruptedException {
    String name = String.join(" ", builder.command());
    builder.environment().put("LC_ALL", "C");
    // A file, not a pipe: daemons that the program leaves behind keep it open.
    Path errors = Files.createTempFile("bench", ".err");
    try {
      long start = System.nanoTime();
      Process process =
          builder
              .redirectInput(Path.of("/dev/null").toFile())
              .redirectError(errors.toFile())
              .start();
      try {
        if (!process.waitFor(cap.toMillis(), TimeUnit.MILLISECONDS)) {
          throw new IOException(
              name + " took longer than " + cap.toSeconds() + " s" + quote(errors));
        }
      } finally {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
      }
      double seconds = Tally.since(start, 1).seconds();
      if (!accepted.contains(process.exitValue())) {
        throw new IOException(name + " exited with " + process.exitValue() + quote(errors));
      }
      return seconds;
    } finally {
      Files.deleteIfExists(errors);
    }
  }

  private static String quote(Path errors) throws IOException {
    String text = new String(Files.readAllBytes(errors), StandardCharsets.UTF_8).strip();
    String end = text.substring(Math.max(0, text.length() - QUOTED_CHARACTERS));
    return end.isEmpty() ? "" : ": " + end.replace('\n', ' ');
  }
}
