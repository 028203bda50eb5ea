package io.cairnfs.it;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;

/**
 * One program that changes a directory at random until the file system dies under it, and keeps the
 * history. Targets are picked among what exists, so that every step means something.
 */
final class CrashWorkload {

  /** A write of at most this many bytes reaches the file system in one piece. */
  private static final int MAX_WRITE = 128 << 10;

  private static final int MAX_FILE = 3 << 20;
  private static final int MAX_NAMES = 60;

  private final Path root;
  private final Random random;
  private final CrashHistory history = new CrashHistory();
  private final Map<Integer, byte[]> contents = new HashMap<>();
  private int files;

  CrashWorkload(Path root, long seed) {
    this.root = root;
    this.random = new Random(seed);
  }

  CrashHistory history() {
    return history;
  }

  /** Runs until an operation fails, which is then the last step, or until the steps are done. */
  void run(int steps) {
    for (int i = 0; i < steps; i++) {
      try {
        step();
      } catch (IOException e) {
        return;
      }
    }
  }

  /**
   * The model is changed before the file system, so that an operation that dies half way counts as
   * one that may be there.
   */
  private void step() throws IOException {
    Map<String, Integer> names = history.names();
    List<String> paths = new ArrayList<>(names.keySet());
    List<String> regular = paths.stream().filter(p -> !isDirectory(names, p)).toList();
    List<String> directories = paths.stream().filter(p -> isDirectory(names, p)).toList();
    int kind = random.nextInt(20);
    if (regular.isEmpty() || (kind < 5 && paths.size() < MAX_NAMES)) {
      create(names, fresh(directories));
    } else if (kind < 10) {
      write(names, pick(regular));
    } else if (kind == 10) {
      truncate(names, pick(regular));
    } else if (kind <= 12) {
      rename(names, pick(regular), random.nextBoolean() ? fresh(directories) : pick(regular));
    } else if (kind == 13) {
      link(names, pick(regular), fresh(directories));
    } else if (kind <= 15) {
      unlink(names, pick(regular));
    } else if (kind == 16) {
      makeDirectory(names, fresh(directories));
    } else if (kind == 17 && !directories.isEmpty()) {
      removeDirectory(names, pick(directories));
    } else if (kind == 18) {
      syncFile(names, pick(regular));
    } else {
      syncDirectory();
    }
  }

  private static int file(Map<String, Integer> names, String path) {
    return Objects.requireNonNull(names.get(path));
  }

  private static boolean isDirectory(Map<String, Integer> names, String path) {
    return file(names, path) == CrashHistory.DIRECTORY;
  }

  private String pick(List<String> from) {
    return from.get(random.nextInt(from.size()));
  }

  private String fresh(List<String> directories) {
    String parent = directories.isEmpty() || random.nextBoolean() ? "" : pick(directories) + "/";
    return parent + "n" + history.nextStep();
  }

  private void create(Map<String, Integer> names, String path) throws IOException {
    int file = files++;
    contents.put(file, new byte[0]);
    history.content(file, describe(new byte[0]));
    names.put(path, file);
    history.step(names);
    Files.createFile(root.resolve(path));
  }

  private void write(Map<String, Integer> names, String path) throws IOException {
    int file = file(names, path);
    byte[] before = Objects.requireNonNull(contents.get(file));
    boolean append = random.nextInt(3) > 0;
    int length = 1 + (random.nextBoolean() ? random.nextInt(5000) : random.nextInt(MAX_WRITE));
    int offset = append ? before.length : random.nextInt(before.length + 1);
    if (offset + length > MAX_FILE) {
      return;
    }
    byte[] data = new byte[length];
    random.nextBytes(data);
    byte[] after = Arrays.copyOf(before, Math.max(before.length, offset + length));
    System.arraycopy(data, 0, after, offset, length);
    changed(names, file, after);
    try (FileChannel channel = FileChannel.open(root.resolve(path), StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(data), offset);
    }
  }

  private void truncate(Map<String, Integer> names, String path) throws IOException {
    int file = file(names, path);
    byte[] before = Objects.requireNonNull(contents.get(file));
    int size = random.nextInt(before.length + 1);
    changed(names, file, Arrays.copyOf(before, size));
    try (FileChannel channel = FileChannel.open(root.resolve(path), StandardOpenOption.WRITE)) {
      channel.truncate(size);
    }
  }

  private void changed(Map<String, Integer> names, int file, byte[] after) {
    contents.put(file, after);
    history.content(file, describe(after));
    history.step(names);
  }

  private void rename(Map<String, Integer> names, String from, String to) throws IOException {
    int file = file(names, from);
    if (from.equals(to) || names.getOrDefault(to, DIFFERENT) == file) {
      return;
    }
    names.remove(from);
    names.put(to, file);
    history.linked(file);
    history.step(names);
    Files.move(
        root.resolve(from),
        root.resolve(to),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  private static final int DIFFERENT = Integer.MIN_VALUE;

  private void link(Map<String, Integer> names, String from, String to) throws IOException {
    int file = file(names, from);
    names.put(to, file);
    history.linked(file);
    history.step(names);
    Files.createLink(root.resolve(to), root.resolve(from));
  }

  private void unlink(Map<String, Integer> names, String path) throws IOException {
    names.remove(path);
    history.step(names);
    Files.delete(root.resolve(path));
  }

  private void makeDirectory(Map<String, Integer> names, String path) throws IOException {
    names.put(path, CrashHistory.DIRECTORY);
    history.step(names);
    Files.createDirectory(root.resolve(path));
  }

  private void removeDirectory(Map<String, Integer> names, String path) throws IOException {
    if (names.keySet().stream().anyMatch(name -> name.startsWith(path + "/"))) {
      return;
    }
    names.remove(path);
    history.step(names);
    Files.delete(root.resolve(path));
  }

  private void syncFile(Map<String, Integer> names, String path) throws IOException {
    try (FileChannel channel = FileChannel.open(root.resolve(path), StandardOpenOption.WRITE)) {
      channel.force(true);
    }
    history.synced(file(names, path));
  }

  private void syncDirectory() throws IOException {
    try (FileChannel channel = FileChannel.open(root, StandardOpenOption.READ)) {
      channel.force(true);
    }
    history.namesSynced();
  }

  private static String describe(byte[] content) {
    return content.length + " bytes, hash " + Arrays.hashCode(content);
  }

  /** What is there, after a crash. */
  static Map<String, CrashHistory.Found> look(Path root) throws IOException {
    Map<String, CrashHistory.Found> found = new TreeMap<>();
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
            if (!directory.equals(root)) {
              found.put(
                  root.relativize(directory).toString(),
                  new CrashHistory.Found(CrashHistory.DIRECTORY, ""));
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            long inode = (Long) Files.getAttribute(file, "unix:ino");
            found.put(
                root.relativize(file).toString(), new CrashHistory.Found(inode, content(file)));
            return FileVisitResult.CONTINUE;
          }
        });
    return found;
  }

  private static String content(Path file) {
    try {
      return describe(Files.readAllBytes(file));
    } catch (IOException e) {
      return CrashHistory.unreadable(e);
    }
  }
}
