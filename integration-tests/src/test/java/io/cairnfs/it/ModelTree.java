package io.cairnfs.it;

import static io.cairnfs.it.ModelCalls.O_RDONLY;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Compares two trees: names, kinds, attributes, links, extended attributes, every byte, and that a
 * file's holes hold nothing. For one thread.
 */
final class ModelTree {

  private final ModelCalls calls;
  private final ModelDirectory expected;
  private final ModelDirectory actual;

  ModelTree(ModelCalls calls, ModelDirectory expected, ModelDirectory actual) {
    this.calls = calls;
    this.expected = expected;
    this.actual = actual;
  }

  /** The first difference that is found; null if there is none. */
  @Nullable String difference() throws IOException {
    return difference("");
  }

  private @Nullable String difference(String directory) throws IOException {
    List<String> names = names(expected, directory);
    List<String> others = names(actual, directory);
    if (!names.equals(others)) {
      return "entries of " + directory + "/: " + names + " and " + others;
    }
    for (String name : names) {
      String difference = differenceAt(directory + "/" + name);
      if (difference != null) {
        return difference;
      }
    }
    return null;
  }

  private static List<String> names(ModelDirectory in, String directory) throws IOException {
    try (Stream<Path> entries = Files.list(Path.of(in.root() + directory))) {
      return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
    }
  }

  private @Nullable String differenceAt(String path) throws IOException {
    Path one = Path.of(expected.root() + path);
    Path other = Path.of(actual.root() + path);
    String look = expected.look(path);
    String otherLook = actual.look(path);
    if (!look.equals(otherLook)) {
      return path + ": " + look + " and " + otherLook;
    }
    if (Files.isSymbolicLink(one)) {
      return compare(path, Files.readSymbolicLink(one), Files.readSymbolicLink(other));
    }
    if (Files.isDirectory(one)) {
      String difference = compare(path, xattrs(one), xattrs(other));
      return difference == null ? difference(path) : difference;
    }
    if (Files.isRegularFile(one)) {
      String difference = compare(path, xattrs(one), xattrs(other));
      return difference == null ? contentDifference(path) : difference;
    }
    return null;
  }

  private static @Nullable String compare(String path, Object one, Object other) {
    return Objects.equals(one, other) ? null : path + ": " + one + " and " + other;
  }

  private static Map<String, Integer> xattrs(Path path) throws IOException {
    UserDefinedFileAttributeView view =
        Files.getFileAttributeView(path, UserDefinedFileAttributeView.class);
    Map<String, Integer> found = new TreeMap<>();
    for (String name : view.list()) {
      ByteBuffer value = ByteBuffer.allocate(view.size(name));
      view.read(name, value);
      found.put(name, Arrays.hashCode(value.array()));
    }
    return found;
  }

  private @Nullable String contentDifference(String path) {
    int one = open(expected, path);
    int other = open(actual, path);
    try {
      long size = calls.size(one);
      int half = ModelCalls.BUFFER_BYTES / 2;
      MemorySegment first = calls.buffer().asSlice(0, half);
      MemorySegment second = calls.buffer().asSlice(half, half);
      for (long at = 0; at < size; at += half) {
        long length = read(one, first, at);
        long otherLength = read(other, second, at);
        long mismatch =
            MemorySegment.mismatch(first, 0, length, second, 0, Math.max(0, otherLength));
        if (mismatch >= 0) {
          return path + " differs at " + (at + mismatch) + " of " + size;
        }
        String hidden = dataInHoles(other, second.asSlice(0, otherLength), at);
        if (hidden != null) {
          return path + hidden;
        }
      }
      return null;
    } finally {
      calls.callInt("close", one);
      calls.callInt("close", other);
    }
  }

  private int open(ModelDirectory directory, String path) {
    long fd = calls.callInt("open", calls.text(0, directory.root() + path), O_RDONLY);
    if (fd < 0) {
      throw new AssertionError(path + " cannot be opened: errno " + -fd);
    }
    return (int) fd;
  }

  private long read(int fd, MemorySegment target, long offset) {
    long length = calls.callLong("pread", fd, target.address(), target.byteSize(), offset);
    if (length < 0) {
      throw new AssertionError("errno " + -length + " reading at " + offset);
    }
    return length;
  }

  /** Whether lseek(2) calls something a hole that is not zeros. */
  private @Nullable String dataInHoles(int fd, MemorySegment bytes, long from) {
    MemorySegment zeros = MemorySegment.ofArray(new byte[(int) bytes.byteSize()]);
    long end = from + bytes.byteSize();
    long at = from;
    while (at < end) {
      long data = calls.callLong("lseek", fd, at, ModelCalls.SEEK_DATA);
      long holeEnd = data < 0 ? end : Math.min(data, end);
      if (MemorySegment.mismatch(bytes, at - from, holeEnd - from, zeros, 0, holeEnd - at) >= 0) {
        return " has data in the hole [" + at + ", " + holeEnd + ")";
      }
      if (data < 0) {
        return null;
      }
      at = Math.max(holeEnd, calls.callLong("lseek", fd, data, ModelCalls.SEEK_HOLE));
      if (at <= data) {
        return " has no end of the data at " + data;
      }
    }
    return null;
  }
}
