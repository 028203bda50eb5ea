package io.cairnfs.it.programs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A directory where programs run: their current directory, and their home.
 *
 * @param path the directory
 */
record Workplace(Path path) {

  private static final long PATIENCE_SECONDS = 300;

  /** Skips the test where a program is missing. */
  static void need(String... programs) {
    for (String program : programs) {
      boolean found =
          Stream.of(System.getenv("PATH").split(":"))
              .anyMatch(part -> Files.isExecutable(Path.of(part, program)));
      assumeTrue(found, () -> program + " is not installed");
    }
  }

  Path resolve(String name) {
    return path.resolve(name);
  }

  /** A new directory in it, as the place for other programs. */
  Workplace in(String name) throws IOException {
    return new Workplace(Files.createDirectories(path.resolve(name)));
  }

  /** Starts a program; what it says comes in one stream. */
  Process start(String... words) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(words).directory(path.toFile()).redirectErrorStream(true);
    Map<String, String> environment = builder.environment();
    environment.put("HOME", path.toString());
    environment.put("LC_ALL", "C");
    environment.keySet().removeIf(name -> name.startsWith("GIT_"));
    return builder.start();
  }

  /** Runs a program, which must succeed; gives what it says. */
  String run(String... words) throws IOException, InterruptedException {
    return end(start(words), String.join(" ", words));
  }

  /** Waits for a program, which must succeed; gives what it says. */
  static String end(Process process, String name) throws IOException, InterruptedException {
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError(name + " does not end: " + said);
    }
    assertEquals(0, process.exitValue(), () -> name + ": " + said);
    return said;
  }
}
