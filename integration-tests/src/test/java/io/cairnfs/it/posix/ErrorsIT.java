package io.cairnfs.it.posix;

import static io.cairnfs.it.posix.Libc.O_CREAT;
import static io.cairnfs.it.posix.Libc.O_EXCL;
import static io.cairnfs.it.posix.Libc.O_RDWR;
import static io.cairnfs.it.posix.Libc.O_WRONLY;

import io.cairnfs.client.fuse.linux.Errno;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What is refused, and with which errno. */
@OnEachTarget
final class ErrorsIT {

  private static final int MAX_PATH_BYTES = 4096;

  private final Path directory;
  private final Path file;
  private final Path none;

  ErrorsIT(TestedDirectory target) throws IOException {
    directory = target.fresh();
    file = Files.writeString(directory.resolve("file"), "content");
    none = directory.resolve("none");
  }

  @Test
  void whatIsNotThere() {
    Libc.refuse(Errno.ENOENT, "open", none, O_RDWR);
    Libc.refuse(Errno.ENOENT, "open", none.resolve("below"), O_CREAT | O_RDWR, 0600);
    Libc.refuse(Errno.ENOENT, "unlink", none);
    Libc.refuse(Errno.ENOENT, "rmdir", none);
    Libc.refuse(Errno.ENOENT, "rename", none, file);
    Libc.refuse(Errno.ENOENT, "chmod", none, 0600);
    Libc.refuse(Errno.ENOENT, "truncate", none, 0L);
    Libc.refuse(Errno.ENOENT, "mkdir", "", 0700);
  }

  @Test
  void whatIsThere() {
    Libc.refuse(Errno.EEXIST, "open", file, O_CREAT | O_EXCL | O_RDWR, 0600);
    Libc.refuse(Errno.EEXIST, "mkdir", file, 0700);
    Libc.refuse(Errno.EEXIST, "mkdir", directory, 0700);
    Libc.refuse(Errno.EEXIST, "symlink", "x", file);
    Libc.refuse(Errno.EEXIST, "mknod", file, 0010600, 0L);
  }

  @Test
  void theWrongKind() {
    Libc.refuse(Errno.ENOTDIR, "open", file.resolve("below"), O_RDWR);
    Libc.refuse(Errno.ENOTDIR, "open", file, Libc.O_DIRECTORY);
    Libc.refuse(Errno.ENOTDIR, "mkdir", file.resolve("below"), 0700);
    Libc.refuse(Errno.ENOTDIR, "unlink", file + "/");
    Libc.refuse(Errno.EISDIR, "open", directory, O_WRONLY);
    Libc.refuse(Errno.EISDIR, "truncate", directory, 0L);
    Libc.refuse(Errno.EINVAL, "readlink", file, new byte[8], 8L);
  }

  @Test
  void longPaths() {
    String path = directory + "/.".repeat(MAX_PATH_BYTES / 2);
    Libc.refuse(Errno.ENAMETOOLONG, "open", path, O_RDWR);
    Libc.refuse(Errno.ENAMETOOLONG, "mkdir", path, 0700);
  }

  @Test
  void theWrongWayOfOpening() {
    try (Descriptor readOnly = Descriptor.open(file, Libc.O_RDONLY);
        Descriptor writeOnly = Descriptor.open(file, O_WRONLY)) {
      Libc.refuse(Errno.EBADF, "write", readOnly.fd(), "x", 1L);
      Libc.refuse(Errno.EINVAL, "ftruncate", readOnly.fd(), 0L);
      Libc.refuse(Errno.EBADF, "read", writeOnly.fd(), new byte[1], 1L);
      Libc.refuse(Errno.EBADF, "fallocate", readOnly.fd(), 0, 0L, 1L);
    }
    Libc.refuse(Errno.EBADF, "fsync", -1);
  }

  @Test
  void offsetsThatNoFileHas() {
    try (Descriptor open = Descriptor.open(file, O_RDWR)) {
      Libc.refuse(Errno.EINVAL, "pwrite", open.fd(), "x", 1L, -1L);
      Libc.refuse(Errno.EINVAL, "pread", open.fd(), new byte[1], 1L, -1L);
      Libc.refuse(Errno.EINVAL, "lseek", open.fd(), 0L, 99);
      Libc.refuse(Errno.EFBIG, "pwrite", open.fd(), "x", 1L, Long.MAX_VALUE - 1);
    }
  }
}
