package io.cairnfs.node.store;

import io.cairnfs.node.rocks.RocksDatabase;
import io.cairnfs.node.rocks.RocksSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A store on a disk, with the hands of someone who damages it while it is closed. Its index may be
 * taken back to an earlier moment, as a power cut does to what was not synced.
 */
final class StoreFixture implements AutoCloseable {

  private final Path directory;
  private final StoreSettings settings;
  private RocksDatabase database;
  private RocksBlockStore store;

  StoreFixture(Path directory, StoreSettings settings) throws IOException {
    this.directory = directory;
    this.settings = settings;
    this.database = openDatabase();
    this.store = openStore();
  }

  private RocksDatabase openDatabase() throws IOException {
    return RocksDatabase.open(directory.resolve("db"), Columns.ALL, RocksSettings.MODERATE);
  }

  private RocksBlockStore openStore() throws IOException {
    return RocksBlockStore.open(database, TestBlocks.segments(directory), settings);
  }

  RocksBlockStore store() {
    return store;
  }

  void open() throws IOException {
    database = openDatabase();
    store = openStore();
  }

  @Override
  public void close() {
    store.close();
    database.close();
  }

  void reopen() throws IOException {
    close();
    open();
  }

  /** Remembers the index as it is now. */
  void saveIndex() throws IOException {
    close();
    copy(directory.resolve("db"), directory.resolve("saved"));
    open();
  }

  /** Closes the store and takes its index back to where it was saved. */
  void closeAndLoseIndex() throws IOException {
    close();
    copy(directory.resolve("saved"), directory.resolve("db"));
  }

  private static void copy(Path from, Path to) throws IOException {
    if (Files.exists(to)) {
      try (Stream<Path> paths = Files.walk(to)) {
        paths.sorted(Comparator.reverseOrder()).forEach(StoreFixture::delete);
      }
    }
    Files.createDirectories(to);
    try (Stream<Path> paths = Files.list(from)) {
      for (Path path : paths.toList()) {
        Files.copy(path, to.resolve(path.getFileName()));
      }
    }
  }

  private static void delete(Path path) {
    try {
      Files.delete(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The files of the segments, once the writer has removed those that it does not need. */
  List<Path> settledSegments() throws IOException, InterruptedException {
    // It removes them before it does this.
    store.keepNote("settled", new byte[0]);
    return segments();
  }

  /** The files of the segments, oldest first. */
  List<Path> segments() throws IOException {
    try (Stream<Path> paths = Files.list(TestBlocks.segments(directory))) {
      return paths.sorted().toList();
    }
  }

  static void flip(Path file, long offset) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      ByteBuffer one = ByteBuffer.allocate(1);
      channel.read(one, offset);
      one.put(0, (byte) (one.get(0) ^ 1));
      channel.write(one.flip(), offset);
    }
  }

  static void truncate(Path file, long sizeBytes) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(sizeBytes);
    }
  }
}
