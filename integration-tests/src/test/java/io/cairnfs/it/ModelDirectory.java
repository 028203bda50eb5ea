package io.cairnfs.it;

import static io.cairnfs.it.ModelCalls.AT_FDCWD;
import static io.cairnfs.it.ModelCalls.PAGE_BYTES;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.Random;

/**
 * A directory on which operations run, with a few slots for open files. Each operation gives its
 * answer as text, to be compared with that of another directory. For one thread.
 */
final class ModelDirectory {

  static final int SLOTS = 6;

  private static final String TIMES = "unix:mode,nlink,uid,gid,size,rdev,lastModifiedTime";
  private static final String CHANGING = "unix:mode,nlink,uid,gid,size,rdev";
  private static final int DIRECTORY = 0040000;
  private static final int FORMAT = 0170000;

  private final ModelCalls calls;
  private final Path root;
  private final int[] files = new int[SLOTS];
  private final boolean[] direct = new boolean[SLOTS];

  ModelDirectory(ModelCalls calls, Path root) {
    this.calls = calls;
    this.root = root;
    Arrays.fill(files, -1);
  }

  Path root() {
    return root;
  }

  private long path(int number, String path) {
    return calls.text(number, root + path);
  }

  /** What lstat(2) says of a path; without times, which pass. */
  String look(String path) {
    return attributes(Path.of(root + path), CHANGING);
  }

  private static String attributes(Path path, String names) {
    try {
      Map<String, Object> all = Files.readAttributes(path, names, LinkOption.NOFOLLOW_LINKS);
      int mode = (int) Objects.requireNonNull(all.get("mode"));
      Object size = (mode & FORMAT) == DIRECTORY ? "" : all.get("size");
      return "%o %s %s:%s %s %s %s"
          .formatted(
              mode,
              all.get("nlink"),
              all.get("uid"),
              all.get("gid"),
              size,
              all.get("rdev"),
              all.getOrDefault("lastModifiedTime", ""));
    } catch (IOException e) {
      return e.getClass().getSimpleName();
    }
  }

  private static String answer(long result) {
    return result >= 0 ? "" + result : "errno " + -result;
  }

  /** Opens a file in a slot. */
  String open(int slot, String path, int flags, int mode) {
    close(slot);
    long fd = calls.callInt("open", path(0, path), flags | ModelCalls.O_NONBLOCK, mode);
    if (fd < 0) {
      return answer(fd);
    }
    if (Files.isDirectory(Path.of("/proc/self/fd/" + fd))) {
      return "directory " + calls.callInt("close", fd);
    }
    files[slot] = (int) fd;
    direct[slot] = (flags & ModelCalls.O_DIRECT) != 0;
    return "open " + calls.size(files[slot]);
  }

  String close(int slot) {
    if (files[slot] < 0) {
      return "closed";
    }
    long result = calls.callInt("close", files[slot]);
    files[slot] = -1;
    return answer(result);
  }

  void closeAll() {
    for (int slot = 0; slot < SLOTS; slot++) {
      close(slot);
    }
  }

  private long aligned(int slot, long number) {
    return direct[slot] ? number - number % PAGE_BYTES : number;
  }

  private String withSize(int slot, long result) {
    return answer(result) + ", size " + calls.size(files[slot]);
  }

  /** Writes bytes of a seed. */
  String write(int slot, long offset, int count, long seed) {
    int length = (int) aligned(slot, count);
    fill(length, seed);
    long result =
        calls.callLong(
            "pwrite", files[slot], calls.buffer().address(), length, aligned(slot, offset));
    return withSize(slot, result);
  }

  private void fill(int length, long seed) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    MemorySegment.copy(bytes, 0, calls.buffer(), ValueLayout.JAVA_BYTE, 0, length);
  }

  String read(int slot, long offset, int count) {
    int length = (int) aligned(slot, count);
    long result =
        calls.callLong(
            "pread", files[slot], calls.buffer().address(), length, aligned(slot, offset));
    return answer(result) + " " + (result > 0 ? digest(result) : "");
  }

  private long digest(long length) {
    long sum = length;
    for (long i = 0; i < length; i++) {
      sum = 31 * sum + calls.buffer().get(ValueLayout.JAVA_BYTE, i);
    }
    return sum;
  }

  String store(int slot, long offset, int count, byte value, boolean sync) {
    long size = calls.size(files[slot]);
    int length = (int) Math.min(count, size - offset);
    return length <= 0
        ? "beyond the end"
        : withSize(slot, calls.store(files[slot], offset, value, length, sync));
  }

  String truncateOpen(int slot, long size) {
    return withSize(slot, calls.callInt("ftruncate", files[slot], size));
  }

  String truncate(String path, long size) {
    return answer(calls.callInt("truncate", path(0, path), size)) + " " + look(path);
  }

  String allocate(int slot, int mode, long offset, long length) {
    return withSize(slot, calls.callInt("fallocate", files[slot], mode, offset, length));
  }

  /**
   * Copies until all is copied, as the call may do less than it was asked to. Not with O_DIRECT,
   * where some file systems take any range and others none.
   */
  String copy(int from, long fromOffset, int to, long toOffset, long length) {
    if (direct[from] || direct[to]) {
      return "direct";
    }
    MemorySegment offsets = calls.buffer();
    offsets.set(ValueLayout.JAVA_LONG, 0, fromOffset);
    offsets.set(ValueLayout.JAVA_LONG, Long.BYTES, toOffset);
    long copied = 0;
    while (copied < length) {
      long result =
          calls.callLong(
              "copy_file_range",
              files[from],
              offsets.address(),
              files[to],
              offsets.address() + Long.BYTES,
              length - copied,
              0);
      if (result <= 0) {
        return withSize(to, result) + " after " + copied;
      }
      copied += result;
    }
    return withSize(to, copied);
  }

  String sync(int slot, boolean data) {
    return answer(calls.callInt(data ? "fdatasync" : "fsync", files[slot]));
  }

  String rename(String from, String to, int flags) {
    long result = calls.callInt("renameat2", AT_FDCWD, path(0, from), AT_FDCWD, path(1, to), flags);
    return answer(result) + " " + look(from) + ", " + look(to);
  }

  String link(String from, String to) {
    return answer(calls.callInt("link", path(0, from), path(1, to))) + " " + look(to);
  }

  /** Gives a name to what is open in a slot. */
  String linkOpen(int slot, String to) {
    long from = calls.text(0, "/proc/self/fd/" + files[slot]);
    long result =
        calls.callInt(
            "linkat", AT_FDCWD, from, AT_FDCWD, path(1, to), ModelCalls.AT_SYMLINK_FOLLOW);
    return answer(result) + " " + look(to);
  }

  String symlink(String target, String path) {
    return answer(calls.callInt("symlink", calls.text(0, target), path(1, path)))
        + " "
        + look(path);
  }

  String unlink(String path) {
    return answer(calls.callInt("unlink", path(0, path)));
  }

  String makeDirectory(String path, int mode) {
    return answer(calls.callInt("mkdir", path(0, path), mode)) + " " + look(path);
  }

  String removeDirectory(String path) {
    return answer(calls.callInt("rmdir", path(0, path)));
  }

  String makeFifo(String path, int mode) {
    return answer(calls.callInt("mknod", path(0, path), ModelCalls.S_IFIFO | mode, 0))
        + " "
        + look(path);
  }

  String permissions(String path, int mode) {
    return answer(calls.callInt("chmod", path(0, path), mode)) + " " + look(path);
  }

  String owner(String path, int owner, int group) {
    return answer(calls.callInt("lchown", path(0, path), owner, group)) + " " + look(path);
  }

  /** Sets the time of modification, and says what it is then. */
  String times(String path, long seconds, long nanos) {
    MemorySegment times = calls.buffer();
    for (int i = 0; i < 2; i++) {
      times.setAtIndex(ValueLayout.JAVA_LONG, 2L * i, seconds);
      times.setAtIndex(ValueLayout.JAVA_LONG, 2L * i + 1, nanos);
    }
    long result =
        calls.callInt(
            "utimensat", AT_FDCWD, path(0, path), times.address(), ModelCalls.AT_SYMLINK_NOFOLLOW);
    return answer(result) + " " + (result == 0 ? attributes(Path.of(root + path), TIMES) : "");
  }

  String setXattr(String path, String name, int length, int flags) {
    fill(length, length);
    long result =
        calls.callInt(
            "setxattr",
            path(0, path),
            calls.text(1, name),
            calls.buffer().address(),
            length,
            flags);
    return answer(result);
  }

  String getXattr(String path, String name) {
    long result =
        calls.callLong(
            "getxattr",
            path(0, path),
            calls.text(1, name),
            calls.buffer().address(),
            ModelCalls.BUFFER_BYTES);
    return answer(result) + " " + (result > 0 ? digest(result) : "");
  }

  String removeXattr(String path, String name) {
    return answer(calls.callInt("removexattr", path(0, path), calls.text(1, name)));
  }
}
