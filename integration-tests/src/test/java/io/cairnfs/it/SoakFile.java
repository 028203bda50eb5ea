package io.cairnfs.it;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A file of one writer that has one random content after the other, each synced and then renamed to
 * its place, and sometimes none. Which one it is tells every byte, so that whoever reads it knows
 * what it must be: no older than what was synced when it was opened.
 */
final class SoakFile {

  private static final int MOSTLY_BELOW = 128 << 10;
  private static final int SELDOM_BELOW = 2 << 20;

  private final long seed;
  private final String name;

  /** The newest version that a write has begun with, and the newest that is synced. */
  private volatile long begun;

  private volatile long synced;

  /** The longest that any call of any file took, in nanoseconds. */
  private final AtomicLong longest;

  SoakFile(long seed, String name, AtomicLong longest) {
    this.seed = seed;
    this.name = name;
    this.longest = longest;
  }

  /** What a version has in it; null for those that have no file. Version 0 is before the first. */
  private byte @Nullable [] content(long version) {
    SplittableRandom random = new SplittableRandom(seed ^ name.hashCode() * 31L ^ version << 32);
    if (version == 0 || random.nextInt(8) == 0) {
      return null;
    }
    byte[] bytes = new byte[random.nextInt(random.nextInt(10) == 0 ? SELDOM_BELOW : MOSTLY_BELOW)];
    random.nextBytes(bytes);
    return bytes;
  }

  /** A call to the kernel. */
  private interface Call<T> {
    T make() throws IOException;
  }

  private <T> T timed(Call<T> call) throws IOException {
    long start = System.nanoTime();
    try {
      return call.make();
    } finally {
      longest.accumulateAndGet(System.nanoTime() - start, Math::max);
    }
  }

  /** Makes the next version. If that fails, it may be there or not. */
  void write(Path directory) throws IOException {
    long version = begun + 1;
    begun = version;
    Path path = directory.resolve(name);
    byte[] content = content(version);
    if (content == null) {
      timed(() -> Files.deleteIfExists(path));
    } else {
      Path written = directory.resolve(name + ".new");
      writeSynced(written, content);
      timed(() -> Files.move(written, path, StandardCopyOption.ATOMIC_MOVE));
    }
    try (FileChannel names = timed(() -> FileChannel.open(directory))) {
      sync(names);
    }
    synced = version;
  }

  private void writeSynced(Path path, byte[] content) throws IOException {
    try (FileChannel channel =
        timed(
            () ->
                FileChannel.open(
                    path,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.TRUNCATE_EXISTING,
                    StandardOpenOption.WRITE))) {
      ByteBuffer rest = ByteBuffer.wrap(content);
      while (rest.hasRemaining()) {
        timed(() -> channel.write(rest));
      }
      sync(channel);
    }
  }

  private void sync(FileChannel channel) throws IOException {
    timed(
        () -> {
          channel.force(true);
          return true;
        });
  }

  /** Reads it where it is mounted; fails if it is not what it must be. */
  void read(Path directory) throws IOException {
    long oldest = synced;
    Object device = Files.getAttribute(directory, "unix:dev");
    byte[] found = content(directory);
    if (found == null && !device.equals(Files.getAttribute(directory, "unix:dev"))) {
      throw new IOException(directory + " is not mounted any more");
    }
    long newest = begun;
    for (long version = newest; version >= oldest; version--) {
      if (Arrays.equals(found, content(version))) {
        return;
      }
    }
    byte[] later = content(directory);
    throw new AssertionError(
        "%s at %s is none of its versions %d to %d: %s; and now %s"
            .formatted(
                directory.resolve(name),
                Instant.now(),
                oldest,
                newest,
                described(found, newest),
                described(later, begun)));
  }

  private byte @Nullable [] content(Path directory) throws IOException {
    try {
      return timed(() -> Files.readAllBytes(directory.resolve(name)));
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  private String described(byte @Nullable [] found, long newest) {
    for (long version = newest; version >= 0; version--) {
      byte[] content = content(version);
      if (Arrays.equals(found, content)) {
        return "it is version " + version;
      }
      if (found != null && content != null && found.length == content.length) {
        int at = Arrays.mismatch(found, content);
        return "it is like version %d of %d bytes up to byte %d".formatted(version, at, at);
      }
    }
    return found == null ? "it is not there" : found.length + " bytes of none";
  }
}
