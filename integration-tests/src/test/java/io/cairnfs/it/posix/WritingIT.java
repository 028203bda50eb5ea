package io.cairnfs.it.posix;

import static io.cairnfs.it.posix.Libc.O_APPEND;
import static io.cairnfs.it.posix.Libc.O_CREAT;
import static io.cairnfs.it.posix.Libc.O_RDWR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** O_APPEND, O_DIRECT, O_SYNC, and several writers. */
@OnEachTarget
final class WritingIT {

  private static final int WRITERS = 4;
  private static final int LINES = 500;

  private final Path directory;
  private final Path path;

  WritingIT(TestedDirectory target) {
    directory = target.fresh();
    path = directory.resolve("file");
  }

  @Test
  void appendsOfSeveralWritersNeverMix() throws Exception {
    try (ExecutorService writers = Executors.newFixedThreadPool(WRITERS)) {
      List<Future<?>> all =
          IntStream.range(0, WRITERS)
              .<Future<?>>mapToObj(w -> writers.submit(() -> append(w)))
              .toList();
      for (Future<?> one : all) {
        one.get();
      }
    }
    Map<Integer, Integer> next = new HashMap<>();
    for (String line : Files.readAllLines(path)) {
      String[] words = line.split(" ", 3);
      int writer = Integer.parseInt(words[0]);
      assertEquals(next.getOrDefault(writer, 0), Integer.parseInt(words[1]), "its lines in order");
      assertEquals("x".repeat(writer * 100), words[2].substring(1));
      next.merge(writer, 1, Integer::sum);
    }
    assertEquals(WRITERS * LINES, next.values().stream().mapToInt(Integer::intValue).sum());
  }

  private void append(int writer) {
    try (Descriptor file = Descriptor.open(path, O_CREAT | O_RDWR | O_APPEND)) {
      for (int i = 0; i < LINES; i++) {
        String line = writer + " " + i + " :" + "x".repeat(writer * 100) + "\n";
        assertEquals(line.length(), Libc.callLong("write", file.fd(), line, (long) line.length()));
      }
    }
  }

  @Test
  void appendingIgnoresTheOffset() throws IOException {
    Files.writeString(path, "start");
    try (Descriptor file = Descriptor.open(path, O_RDWR | O_APPEND)) {
      file.write(" end", 0);
      assertEquals("start end", file.text(100, 0));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {Libc.O_SYNC, Libc.O_DSYNC, Libc.O_DIRECT, Libc.O_DIRECT | Libc.O_SYNC})
  void otherWaysToWrite(int flags) {
    byte[] block = "0123456789abcdef".repeat(256).getBytes(StandardCharsets.UTF_8);
    try (Descriptor file = Descriptor.open(path, O_CREAT | O_RDWR | flags);
        Descriptor buffered = Descriptor.open(path, O_RDWR)) {
      file.write(block, 0);
      assertEquals("0123", buffered.text(4, 0));
      buffered.write("abcd", 4);
      file.write(block, 4096);
      assertEquals("0123abcd89ab", file.text(4096, 0).substring(0, 12));
      assertEquals(8192, FileStatus.of(file).size());
    }
  }

  @Test
  void truncatingOpensEmpty() throws IOException {
    Files.writeString(path, "content");
    try (Descriptor reader = Descriptor.open(path, O_RDWR)) {
      Descriptor.open(path, O_RDWR | Libc.O_TRUNC).close();
      assertEquals("", reader.text(10, 0));
      reader.write("x", 3);
      assertEquals("\0\0\0x", reader.text(10, 0));
    }
  }

  @Test
  void syncsSucceedOnWhatIsOpen() {
    try (Descriptor file = Descriptor.open(path, O_CREAT | O_RDWR);
        Descriptor parent = Descriptor.open(directory, Libc.O_DIRECTORY)) {
      file.write("x", 0);
      Libc.call("fdatasync", file.fd());
      Libc.call("fsync", file.fd());
      Libc.call("fsync", parent.fd());
      Libc.call("syncfs", file.fd());
      assertTrue(FileStatus.of(file).blocks() > 0);
    }
  }
}
