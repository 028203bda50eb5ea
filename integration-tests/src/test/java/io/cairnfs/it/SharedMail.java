package io.cairnfs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The delivery of mail to one mailbox, from several mounts at once. */
final class SharedMail {

  private static final long LOCK_POLL_MILLIS = 5;

  private SharedMail() {}

  /** How a mailbox is locked. */
  enum Lock {
    /** By creating a file that must not be there. */
    EXCLUSIVE_CREATE,
    /** By linking a file of one's own to a name that must not be there, as NFS made it a habit. */
    LINK
  }

  /**
   * Delivery to one mailbox under a dot lock: every message is there once, whole, and by itself.
   */
  static void deliver(List<Path> mounts, Lock lock, int messages) throws Exception {
    String box = "mailbox-" + lock;
    SharedWork.inParallel(
        mounts,
        (number, directory) -> {
          for (int i = 0; i < messages; i++) {
            Path locked = directory.resolve(box + ".lock");
            acquire(locked, lock, number);
            append(directory.resolve(box), message(number, i));
            Files.delete(locked);
          }
        });
    List<String> expected = new ArrayList<>();
    for (int number = 0; number < mounts.size(); number++) {
      for (int i = 0; i < messages; i++) {
        expected.add(message(number, i).strip());
      }
    }
    for (Path mount : mounts) {
      assertSame(expected, Files.readAllLines(mount.resolve(box), StandardCharsets.ISO_8859_1));
    }
  }

  private static void assertSame(List<String> expected, List<String> delivered) {
    List<String> missing = new ArrayList<>(expected);
    List<String> unexpected = new ArrayList<>();
    for (String line : delivered) {
      if (!missing.remove(line)) {
        unexpected.add(shown(line));
      }
    }
    assertEquals(
        "missing [], unexpected []",
        "missing "
            + missing.stream().map(SharedMail::shown).toList()
            + ", unexpected "
            + unexpected);
  }

  private static String shown(String line) {
    return line.length() < 80 ? line : line.substring(0, 40) + "... " + line.length();
  }

  private static String message(int number, int i) {
    int length = 1 + (number * 31 + i * 97) % 6000;
    return "From %d message %d %s%n".formatted(number, i, "x".repeat(length));
  }

  private static void acquire(Path locked, Lock lock, int number)
      throws IOException, InterruptedException {
    Path own = locked.resolveSibling(locked.getFileName() + "." + number);
    while (true) {
      try {
        switch (lock) {
          case EXCLUSIVE_CREATE -> Files.createFile(locked);
          case LINK -> {
            Files.deleteIfExists(own);
            Files.createFile(own);
            Files.createLink(locked, own);
            assertEquals(2, Files.getAttribute(own, "unix:nlink"), "links of what was linked");
            Files.delete(own);
          }
        }
        return;
      } catch (FileAlreadyExistsException e) {
        TimeUnit.MILLISECONDS.sleep(LOCK_POLL_MILLIS);
      }
    }
  }

  private static void append(Path box, String message) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            box, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND)) {
      ByteBuffer bytes = ByteBuffer.wrap(message.getBytes(StandardCharsets.US_ASCII));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    }
  }
}
