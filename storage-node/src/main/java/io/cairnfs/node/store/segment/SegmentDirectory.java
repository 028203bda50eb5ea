package io.cairnfs.node.store.segment;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The directory of the segment files, which are named by their numbers. Thread-safe. */
public final class SegmentDirectory {

  private static final String SUFFIX = ".segment";
  private static final Pattern NAME = Pattern.compile("[0-9]{10}\\.segment");

  private final Path directory;

  public SegmentDirectory(Path directory) {
    this.directory = directory;
  }

  Path path(int segment) {
    return directory.resolve(String.format(Locale.ROOT, "%010d%s", segment, SUFFIX));
  }

  /** The numbers of the segments, in order. */
  public List<Integer> list() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> NAME.matcher(name).matches())
          .map(name -> Integer.parseInt(name.substring(0, name.length() - SUFFIX.length())))
          .sorted()
          .toList();
    }
  }

  /** The length of a segment's file in bytes; 0 if it is not there. */
  public long sizeBytes(int segment) throws IOException {
    Path path = path(segment);
    return Files.exists(path) ? Files.size(path) : 0;
  }

  /** Removes a segment, if it is there. What the disk keeps of it after a crash is nobody's. */
  public void delete(int segment) throws IOException {
    Files.deleteIfExists(path(segment));
  }

  /** Makes the names of new segments durable. */
  void sync() throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /** The unit in which the file system wants direct I/O, in bytes. */
  long blockBytes() throws IOException {
    return Files.getFileStore(directory).getBlockSize();
  }
}
