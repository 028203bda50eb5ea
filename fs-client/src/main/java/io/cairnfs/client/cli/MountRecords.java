package io.cairnfs.client.cli;

import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The mounts of this user: one small file each, replaced as a whole, which its process removes at a
 * good end.
 */
final class MountRecords {

  private static final String SUFFIX = ".mount";
  private static final int NAME_DIGITS = 16;

  private final Path home;

  MountRecords(Path home) {
    this.home = home;
  }

  void put(MountRecord mount) throws IOException {
    ClientPaths.makePrivate(home);
    Properties fields = new Properties();
    fields.setProperty("directory", mount.directory().toString());
    fields.setProperty("pid", Long.toString(mount.process().pid()));
    fields.setProperty("start", Long.toString(mount.process().startTicks()));
    fields.setProperty("volume", mount.volume());
    fields.setProperty("timeout", Long.toString(mount.timeout().toMillis()));
    if (mount.log() != null) {
      fields.setProperty("log", mount.log().toString());
    }
    if (mount.failure() != null) {
      fields.setProperty("failure", mount.failure());
    }
    Path file = file(mount.directory());
    Path next = file.resolveSibling(file.getFileName() + ".new");
    try (Writer writer = Files.newBufferedWriter(next)) {
      fields.store(writer, null);
    }
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
  }

  /** What was mounted last on a directory and has not ended well since. */
  @Nullable MountRecord find(Path directory) throws IOException {
    try {
      return read(file(directory));
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  void remove(Path directory) throws IOException {
    Files.deleteIfExists(file(directory));
  }

  /** Those whose processes run. */
  List<MountRecord> running() throws IOException {
    if (!Files.isDirectory(home)) {
      return List.of();
    }
    List<MountRecord> running = new ArrayList<>();
    try (Stream<Path> files = Files.list(home)) {
      for (Path file : files.filter(f -> f.toString().endsWith(SUFFIX)).sorted().toList()) {
        MountRecord mount = read(file);
        if (mount.process().isRunning()) {
          running.add(mount);
        }
      }
    }
    return running;
  }

  private static MountRecord read(Path file) throws IOException {
    Properties fields = new Properties();
    try (Reader reader = Files.newBufferedReader(file)) {
      fields.load(reader);
      String log = fields.getProperty("log");
      return new MountRecord(
          Path.of(fields.getProperty("directory", "")),
          new ProcessId(number(fields, "pid"), number(fields, "start")),
          fields.getProperty("volume", ""),
          log == null ? null : Path.of(log),
          Duration.ofMillis(number(fields, "timeout")),
          fields.getProperty("failure"));
    } catch (IllegalArgumentException e) {
      throw new IOException(file + " is damaged; remove it", e);
    }
  }

  private static long number(Properties fields, String key) {
    return Long.parseLong(fields.getProperty(key, ""));
  }

  private Path file(Path directory) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256")
              .digest(directory.toString().getBytes(StandardCharsets.UTF_8));
      return home.resolve(HexFormat.of().formatHex(hash).substring(0, NAME_DIGITS) + SUFFIX);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
