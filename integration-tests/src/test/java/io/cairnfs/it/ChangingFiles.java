package io.cairnfs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.FutureTask;
import java.util.zip.CRC32C;

/**
 * A program that replaces and deletes files of all sizes, syncs what it writes, and knows what
 * every file must hold. Some of the contents come again, so that blocks are found on nodes which a
 * sweep may be about to take away.
 */
final class ChangingFiles {

  private static final int FILES = 600;
  private static final int LARGEST = 8 << 20;
  private static final int SMALLEST = 1 << 10;

  /** Different ones. */
  private static final int CONTENTS = 1200;

  private static final int DELETED_OF = 4;

  /** What a file holds. */
  private record Content(int size, long checksum) {}

  private final Random random;
  private final long seed;
  private final Map<String, Content> live = new LinkedHashMap<>();
  private final Map<String, List<Long>> nanos = new LinkedHashMap<>();
  private List<Long> current = new ArrayList<>(); // of no phase
  private volatile boolean stopped;

  ChangingFiles(long seed) {
    this.seed = seed;
    this.random = new Random(seed);
  }

  /** Begins, or goes on, in this directory; the task fails if anything cannot be written. */
  FutureTask<Boolean> start(Path directory) {
    stopped = false;
    FutureTask<Boolean> task =
        new FutureTask<>(
            () -> {
              while (!stopped) {
                step(directory);
              }
              return true;
            });
    Thread.ofPlatform().name("changing-files").daemon().start(task);
    return task;
  }

  private void step(Path directory) throws IOException {
    String name = "f" + random.nextInt(FILES);
    if (random.nextInt(DELETED_OF) == 0) {
      Files.deleteIfExists(directory.resolve(name));
      synchronized (this) {
        live.remove(name);
      }
      return;
    }
    byte[] bytes = content(random.nextInt(CONTENTS));
    Path next = directory.resolve("next");
    long start = System.nanoTime();
    try (FileChannel channel =
        FileChannel.open(next, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(bytes));
      channel.force(true);
    }
    Files.move(next, directory.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    synchronized (this) {
      current.add(System.nanoTime() - start);
      live.put(name, new Content(bytes.length, checksum(bytes)));
    }
  }

  /** Sizes are spread evenly over their logarithms. */
  private byte[] content(int number) {
    Random own = new Random(seed * CONTENTS + number);
    byte[] bytes =
        new byte[(int) (SMALLEST * Math.pow((double) LARGEST / SMALLEST, own.nextDouble()))];
    own.nextBytes(bytes);
    return bytes;
  }

  private static long checksum(byte[] bytes) {
    CRC32C checksum = new CRC32C();
    checksum.update(bytes);
    return checksum.getValue();
  }

  /** What is written from now on counts for this phase, which may have been there before. */
  synchronized void phase(String name) {
    current = nanos.computeIfAbsent(name, n -> Collections.synchronizedList(new ArrayList<>()));
  }

  /** After what is under way. */
  void stop() {
    stopped = true;
  }

  /** How many bytes the files hold, those that several of them hold counted once. */
  synchronized long liveBytes() {
    return live.values().stream().distinct().mapToLong(Content::size).sum();
  }

  /** Reads all files; fails if any is missing, too many or not what was written. */
  void check(Path directory) throws IOException {
    for (Map.Entry<String, Content> file : live.entrySet()) {
      byte[] bytes = Files.readAllBytes(directory.resolve(file.getKey()));
      assertEquals(file.getValue(), new Content(bytes.length, checksum(bytes)), file.getKey());
    }
    try (var names = Files.list(directory)) {
      assertEquals(live.size(), names.count());
    }
  }

  /** How long each file took, by phases. */
  synchronized String figures() {
    StringBuilder figures = new StringBuilder();
    nanos.forEach(
        (phase, times) -> {
          List<Long> sorted = times.stream().sorted().toList();
          figures.append(
              String.format(
                  "%s: %,d files written and synced, p50 %.1f ms, p99 %.1f ms, longest %.1f ms%n",
                  phase,
                  sorted.size(),
                  sorted.get(sorted.size() / 2) / 1e6,
                  sorted.get(sorted.size() * 99 / 100) / 1e6,
                  sorted.getLast() / 1e6));
        });
    return figures.toString().strip();
  }
}
