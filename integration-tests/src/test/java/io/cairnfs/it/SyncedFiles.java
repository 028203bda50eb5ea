package io.cairnfs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A program that writes small files, one after the other, and has each synced. */
final class SyncedFiles {

  /** Leaves most of the machine to what is tested. */
  private static final long PAUSE_NANOS = 10_000_000;

  private final Path directory;
  private final Thread thread;
  private final List<Path> written = Collections.synchronizedList(new ArrayList<>());
  private final List<Long> nanos = Collections.synchronizedList(new ArrayList<>());
  private volatile boolean stopped;
  private volatile @Nullable IOException failure;

  private SyncedFiles(Path directory) {
    this.directory = directory;
    this.thread = Thread.ofPlatform().name("synced-files").start(this::run);
  }

  static SyncedFiles start(Path directory) {
    return new SyncedFiles(directory);
  }

  private void run() {
    for (int i = 0; !stopped; i++) {
      Path name = Path.of("file-" + i);
      long start = System.nanoTime();
      try (FileChannel channel =
          FileChannel.open(
              directory.resolve(name), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        channel.write(ByteBuffer.wrap(content(name)));
        channel.force(true);
      } catch (IOException e) {
        failure = e;
        return;
      }
      nanos.add(System.nanoTime() - start);
      written.add(name);
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  private static byte[] content(Path name) {
    return name.toString().repeat(20).getBytes(StandardCharsets.UTF_8);
  }

  /** Ends it; fails if any file could not be written. */
  List<Path> stop() throws IOException, InterruptedException {
    stopped = true;
    thread.join();
    IOException failed = failure;
    if (failed != null) {
      throw new IOException("after " + written.size() + " files", failed);
    }
    return List.copyOf(written);
  }

  /** What is under it has died; its last file may have failed. */
  void abandon() throws InterruptedException {
    stopped = true;
    thread.join();
  }

  /** Every file whose sync returned is whole. */
  void assertThere(Path mounted) throws IOException {
    for (Path name : List.copyOf(written)) {
      assertEquals(
          new String(content(name), StandardCharsets.UTF_8),
          Files.readString(mounted.resolve(name)));
    }
  }

  /** How long files took. */
  String figures() {
    List<Long> sorted = nanos.stream().sorted().toList();
    return "p50 "
        + millis(sorted.get(sorted.size() / 2))
        + ", p99 "
        + millis(sorted.get(sorted.size() * 99 / 100))
        + ", longest stall "
        + millis(sorted.getLast());
  }

  private static String millis(long nanos) {
    return Duration.ofNanos(nanos).toMillis() + " ms";
  }
}
