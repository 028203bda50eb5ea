package io.cairnfs.bench.load;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.SplittableRandom;

/** One large file, written and read in order and at random. */
public final class BigFile {

  private static final int REQUEST = 1 << 20;

  private final Path path;
  private final Duration cap;

  /**
   * @param cap after which each loop stops
   */
  public BigFile(Path path, Duration cap) {
    this.path = path;
    this.cap = cap;
  }

  /** Writes a new file by requests of 1 MiB, syncs and closes it; the tally is of bytes. */
  public Tally write(long bytes, Payload payload) throws IOException {
    Cap limit = new Cap(cap);
    long written = 0;
    try (FileChannel file =
        FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      while (written < bytes && !limit.reached()) {
        written += writeFully(file, payload.next(REQUEST), written);
      }
      file.force(true);
    }
    return limit.tally(written);
  }

  /** Reads the file by requests of 1 MiB; the tally is of bytes. */
  public Tally read() throws IOException {
    Cap limit = new Cap(cap);
    ByteBuffer buffer = ByteBuffer.allocateDirect(REQUEST);
    long total = 0;
    try (FileChannel file = FileChannel.open(path, StandardOpenOption.READ)) {
      int read = file.read(buffer);
      while (read > 0) {
        total += read;
        read = limit.reached() ? 0 : file.read(buffer.clear());
      }
    }
    return limit.tally(total);
  }

  /** Reads pages at random places. */
  public Tally readAtRandom(int count, long seed) throws IOException {
    Cap limit = new Cap(cap);
    ByteBuffer buffer = ByteBuffer.allocateDirect(Payload.PAGE);
    SplittableRandom random = new SplittableRandom(seed);
    int done = 0;
    try (FileChannel file = FileChannel.open(path, StandardOpenOption.READ)) {
      long pages = file.size() / Payload.PAGE;
      while (done < count && !limit.reached()) {
        if (file.read(buffer.clear(), random.nextLong(pages) * Payload.PAGE) != Payload.PAGE) {
          throw new IOException("short read of " + path);
        }
        done++;
      }
    }
    return limit.tally(done);
  }

  /** Overwrites pages at random places, then syncs. */
  public Tally writeAtRandom(int count, long seed, Payload payload) throws IOException {
    Cap limit = new Cap(cap);
    SplittableRandom random = new SplittableRandom(seed);
    int done = 0;
    try (FileChannel file = FileChannel.open(path, StandardOpenOption.WRITE)) {
      long pages = file.size() / Payload.PAGE;
      while (done < count && !limit.reached()) {
        writeFully(file, payload.next(Payload.PAGE), random.nextLong(pages) * Payload.PAGE);
        done++;
      }
      file.force(true);
    }
    return limit.tally(done);
  }

  private int writeFully(FileChannel file, ByteBuffer bytes, long position) throws IOException {
    int length = bytes.remaining();
    if (file.write(bytes, position) != length) {
      throw new IOException("short write to " + path);
    }
    return length;
  }
}
