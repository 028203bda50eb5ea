package io.cairnfs.it;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The AOT cache (JEP 483) from which the processes of tests start, as those of users do: half of
 * what a short process costs is loading its classes. The build makes it before the first test, and
 * it lasts until a jar changes. Without it, or where modules are no jars, tests take longer.
 */
final class AotCache {

  private static final Path DIRECTORY = Path.of("target", "aot").toAbsolutePath();

  private AotCache() {}

  /** What tells a JVM with {@link #classPath}. */
  static List<String> flags() {
    Path file = file();
    return Files.exists(file)
        ? List.of("-XX:AOTCache=" + file, "-Xlog:aot*=off", "-Xlog:cds*=off")
        : List.of();
  }

  /** The class path of this JVM, what is cached first. */
  static String classPath() {
    return Stream.concat(parts(true), parts(false)).collect(Collectors.joining(File.pathSeparator));
  }

  /** Only jars can be in a cache; that of this module is not always there. */
  private static Stream<String> parts(boolean cached) {
    return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
        .filter(part -> (part.endsWith(".jar") && !part.contains("/integration-tests-")) == cached);
  }

  private static Path file() {
    String parts =
        parts(true)
            .map(jar -> jar + ' ' + lastModified(Path.of(jar)))
            .collect(Collectors.joining("\n", System.getProperty("java.home") + "\n", ""));
    return DIRECTORY.resolve(
        UUID.nameUUIDFromBytes(parts.getBytes(StandardCharsets.UTF_8)) + ".aot");
  }

  private static String lastModified(Path jar) {
    try {
      return Files.getLastModifiedTime(jar).toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Makes it, unless it is there. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    Path file = file();
    if (Files.exists(file) || parts(true).noneMatch(jar -> jar.contains("/fs-client-"))) {
      return;
    }
    Files.createDirectories(DIRECTORY);
    try (DirectoryStream<Path> stale = Files.newDirectoryStream(DIRECTORY, "*.aot")) {
      for (Path old : stale) {
        Files.delete(old);
      }
    }
    new ProcessBuilder(
            Path.of("..", "bin", "aot").toString(),
            System.getProperty("java.home"),
            parts(true).collect(Collectors.joining(File.pathSeparator)),
            System.getProperty("java.library.path"),
            file.toString())
        .redirectErrorStream(true)
        .redirectOutput(DIRECTORY.resolve("log").toFile())
        .start()
        .waitFor();
    System.out.println(Files.exists(file) ? "made " + file : "no AOT cache could be made");
  }
}
