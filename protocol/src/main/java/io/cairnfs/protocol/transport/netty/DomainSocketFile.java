package io.cairnfs.protocol.transport.netty;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * Puts a Unix domain socket in place so that nobody else can connect to it, not even for a moment.
 */
final class DomainSocketFile {

  /** Binds a socket at a path. */
  @FunctionalInterface
  interface Binder {
    Object bind(Path path) throws IOException;
  }

  private DomainSocketFile() {}

  /**
   * Binds a socket where only the owner may look, gives it mode 0600 and moves it to its place,
   * over a stale one.
   *
   * @throws IOException if that fails; a socket's path has about 100 bytes at most
   */
  static void bind(Path file, Binder binder) throws IOException {
    Path parent = file.getParent();
    if (parent == null) {
      throw new IOException(file + " is no file name");
    }
    Path hidden =
        Files.createTempDirectory(
            parent,
            ".s",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    try {
      Path socket = hidden.resolve("s");
      var unused = binder.bind(socket);
      Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
      Files.move(socket, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.delete(hidden);
    }
  }
}
