package io.cairnfs.protocol.identity;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;

/** Small text files that only their owner may read: keys and tokens. */
public final class SecretFile {

  /** No secret of Cairn is longer. */
  private static final int MAX_BYTES = 16 << 10;

  private static final Set<PosixFilePermission> OWNER_ONLY =
      Set.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
  private static final Set<PosixFilePermission> OWNER_BITS =
      Set.of(
          PosixFilePermission.OWNER_READ,
          PosixFilePermission.OWNER_WRITE,
          PosixFilePermission.OWNER_EXECUTE);

  private SecretFile() {}

  /**
   * Reads a secret.
   *
   * @throws IOException if it cannot be read, is too long, or others may read or write it; the
   *     message says what to do
   */
  public static String read(Path file) throws IOException {
    Set<PosixFilePermission> others = EnumSet.copyOf(Files.getPosixFilePermissions(file));
    others.removeAll(OWNER_BITS);
    if (!others.isEmpty()) {
      throw new IOException(file + " is open to others than its owner; run: chmod 600 " + file);
    }
    if (Files.size(file) > MAX_BYTES) {
      throw new IOException(file + " is too long for a key or token");
    }
    return Files.readString(file, StandardCharsets.UTF_8);
  }

  /**
   * Writes a secret to a new file, whole or not at all, and durably.
   *
   * @throws FileAlreadyExistsException if the file exists: a key is never overwritten
   */
  public static void create(Path file, String secret) throws IOException {
    Path directory = file.toAbsolutePath().getParent();
    if (directory == null) {
      throw new IOException(file + " is no file name");
    }
    FileAttribute<Set<PosixFilePermission>> mode = PosixFilePermissions.asFileAttribute(OWNER_ONLY);
    Path unfinished = Files.createTempFile(directory, ".secret", ".tmp", mode);
    try {
      try (FileChannel channel = FileChannel.open(unfinished, StandardOpenOption.WRITE)) {
        ByteBuffer bytes = StandardCharsets.UTF_8.encode(secret);
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        channel.force(true);
      }
      Files.createLink(file, unfinished); // unlike a rename, never replaces
    } finally {
      Files.delete(unfinished);
    }
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
