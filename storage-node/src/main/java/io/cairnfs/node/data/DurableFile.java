package io.cairnfs.node.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes small text files so that they are on disk, whole and under their names, when a method
 * returns; and makes directories likewise.
 */
public final class DurableFile {

  private DurableFile() {}

  /** Writes or replaces a file. */
  public static void write(Path file, String text) throws IOException {
    Path unfinished = file.resolveSibling(file.getFileName() + ".tmp");
    try (FileChannel channel =
        FileChannel.open(
            unfinished,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      writeAll(channel, text);
    }
    Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
    syncParent(file);
  }

  /** Appends to a file, making it if it is missing. */
  static void append(Path file, String text) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      writeAll(channel, text);
    }
    syncParent(file);
  }

  /** Makes a directory, and those above it that are missing. */
  static void createDirectories(Path directory, FileAttribute<?>... attributes) throws IOException {
    Path last = directory.toAbsolutePath();
    List<Path> missing = new ArrayList<>();
    for (Path path = last; path != null && !Files.isDirectory(path); path = path.getParent()) {
      missing.add(path);
    }
    Files.createDirectories(last, attributes);
    for (Path path : missing) {
      syncParent(path);
    }
  }

  /** A name is on disk only when the directory that has it was synced. */
  public static void syncParent(Path file) throws IOException {
    Path directory = file.toAbsolutePath().getParent();
    if (directory != null) {
      try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
  }

  private static void writeAll(FileChannel channel, String text) throws IOException {
    ByteBuffer bytes = StandardCharsets.UTF_8.encode(text);
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
    channel.force(true);
  }
}
