package io.cairnfs.bench.load;

import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.Arrays;

/**
 * Many files of one page in some directories, one call after the other. The calls of {@code
 * java.nio} and {@code java.io} used here make the one system call that the row is about.
 */
public final class SmallFiles {

  private static final int READ_BUFFER = 64 << 10;

  private final Path directory;
  private final int directories;
  private final Duration cap;

  /** One operation on the file with a number. */
  @FunctionalInterface
  private interface Operation {
    void on(int file) throws IOException;
  }

  /**
   * @param directory made by {@link #create}
   * @param cap after which each loop stops
   */
  public SmallFiles(Path directory, int directories, Duration cap) {
    this.directory = directory;
    this.directories = directories;
    this.cap = cap;
  }

  /** Makes the directories and files without syncing them; directories are not counted. */
  public Tally create(int files, Payload payload) throws IOException {
    Files.createDirectory(directory);
    Cap limit = new Cap(cap);
    for (int i = 0; i < directories; i++) {
      Files.createDirectory(directoryOf(i));
    }
    int done = 0;
    while (done < files && !limit.reached()) {
      try (FileChannel file = createNew(path(done, 'f'))) {
        writePage(file, payload);
      }
      done++;
    }
    return limit.tally(done);
  }

  /** Reads the attributes of the first files. */
  public Tally stat(int files) throws IOException {
    return each(files, i -> Files.readAttributes(path(i, 'f'), BasicFileAttributes.class));
  }

  /** Opens, reads to the end and closes the first files. */
  public Tally read(int files) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocateDirect(READ_BUFFER);
    return each(
        files,
        i -> {
          try (FileChannel file = FileChannel.open(path(i, 'f'), StandardOpenOption.READ)) {
            int read;
            do {
              read = file.read(buffer.clear());
            } while (read > 0);
          }
        });
  }

  /** Gives the first files another name in their directory. */
  public Tally rename(int files) throws IOException {
    return each(files, i -> Files.move(path(i, 'f'), path(i, 'g'), StandardCopyOption.ATOMIC_MOVE));
  }

  /** Removes the first files, which were renamed before. */
  public Tally unlink(int files) throws IOException {
    return each(
        files,
        i -> {
          // Files.delete would ask for the attributes first.
          File file = path(i, 'g').toFile();
          if (!file.delete()) {
            throw new IOException("cannot remove " + file);
          }
        });
  }

  /**
   * Makes files, each with a sync before its close.
   *
   * @return how long each took, in milliseconds, ascending
   */
  public double[] createDurably(int files, Payload payload) throws IOException {
    Files.createDirectory(directory);
    for (int i = 0; i < directories; i++) {
      Files.createDirectory(directoryOf(i));
    }
    Cap limit = new Cap(cap);
    double[] millis = new double[files];
    int done = 0;
    while (done < files && !limit.reached()) {
      long start = System.nanoTime();
      try (FileChannel file = createNew(path(done, 's'))) {
        writePage(file, payload);
        file.force(true);
      }
      millis[done] = Tally.since(start, 1).seconds() * 1e3;
      done++;
    }
    double[] sorted = Arrays.copyOf(millis, done);
    Arrays.sort(sorted);
    return sorted;
  }

  private Tally each(int files, Operation operation) throws IOException {
    Cap limit = new Cap(cap);
    int done = 0;
    while (done < files && !limit.reached()) {
      operation.on(done);
      done++;
    }
    return limit.tally(done);
  }

  private static FileChannel createNew(Path path) throws IOException {
    return FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
  }

  private static void writePage(FileChannel file, Payload payload) throws IOException {
    if (file.write(payload.next(Payload.PAGE)) != Payload.PAGE) {
      throw new IOException("short write");
    }
  }

  private Path directoryOf(int file) {
    return directory.resolve("d" + padded(file % directories, 3));
  }

  private Path path(int file, char prefix) {
    return directoryOf(file).resolve(prefix + padded(file, 6));
  }

  private static String padded(int number, int width) {
    String digits = Integer.toString(number);
    return "0".repeat(Math.max(0, width - digits.length())) + digits;
  }
}
