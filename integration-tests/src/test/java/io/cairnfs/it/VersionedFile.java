package io.cairnfs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.LongSummaryStatistics;

/**
 * A file of one writer and many readers that is all one number, its version, over and over: written
 * in place, or beside and then renamed. An open must see the last version that was closed before
 * it; what is written in place meanwhile it may see in part.
 */
final class VersionedFile {

  private static final int BYTES = 150_000 / Long.BYTES * Long.BYTES;

  private final String name;
  private final boolean renamed;

  /** The newest version that a write has begun with, that is closed, and that is synced. */
  private volatile long begun;

  private volatile long closed;
  private volatile long synced;

  VersionedFile(String name, boolean renamed) {
    this.name = name;
    this.renamed = renamed;
  }

  /** Writes the next version. If that fails, it may be seen or not. */
  void write(Path directory, boolean sync) throws IOException {
    long version = begun + 1;
    begun = version;
    Path path = directory.resolve(name);
    Path written = renamed ? directory.resolve(name + ".new") : path;
    try (FileChannel channel =
        FileChannel.open(written, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      ByteBuffer content = ByteBuffer.allocate(BYTES);
      while (content.hasRemaining()) {
        content.putLong(version);
      }
      content.flip();
      while (content.hasRemaining()) {
        channel.write(content);
      }
      if (sync) {
        channel.force(true);
        synced = renamed ? synced : version;
      }
    }
    if (renamed) {
      Files.move(written, path, StandardCopyOption.ATOMIC_MOVE);
    }
    closed = version;
  }

  /** Opens and reads it; fails if what is there is too old, or of no version. */
  void read(Path directory) throws IOException {
    check(directory, closed);
  }

  /** After whatever has happened, what was synced is there too. */
  void readSynced(Path directory) throws IOException {
    check(directory, Math.max(closed, synced));
  }

  private void check(Path directory, long oldest) throws IOException {
    Path path = directory.resolve(name);
    Object device = Files.getAttribute(directory, "unix:dev");
    byte[] content;
    try {
      content = Files.readAllBytes(path);
    } catch (NoSuchFileException e) {
      // Where a mount was killed and not yet mounted again, there is not even the directory.
      boolean same = device.equals(Files.getAttribute(directory, "unix:dev"));
      assertTrue(
          oldest == 0 || !same, () -> path + " is not there, and version " + oldest + " was");
      return;
    }
    check(path, ByteBuffer.wrap(content), oldest, begun);
  }

  private void check(Path path, ByteBuffer content, long oldest, long newest) {
    if (oldest > 0) {
      assertEquals(BYTES, content.capacity(), () -> "size of " + path);
    }
    LongSummaryStatistics versions = new LongSummaryStatistics();
    while (content.remaining() >= Long.BYTES) {
      versions.accept(content.getLong());
    }
    if (versions.getCount() > 0) {
      String found = "%s: versions %d to %d".formatted(path, versions.getMin(), versions.getMax());
      assertTrue(versions.getMin() >= oldest, () -> found + ", and " + oldest + " was closed");
      assertTrue(versions.getMax() <= newest, () -> found + ", and " + newest + " is the newest");
      assertTrue(!renamed || versions.getMin() == versions.getMax(), () -> found + " in one");
    }
  }

  /** The newest version that is closed. */
  long closed() {
    return closed;
  }

  @Override
  public String toString() {
    return "%s: %d versions, %d closed, %d synced".formatted(name, begun, closed, synced);
  }
}
