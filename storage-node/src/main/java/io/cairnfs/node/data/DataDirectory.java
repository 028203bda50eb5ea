package io.cairnfs.node.data;

import io.cairnfs.protocol.identity.Identity;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/**
 * The directory in which a node keeps everything, locked while it is open. Its layout:
 *
 * <pre>
 * lock          held by the node that uses the directory; names its process
 * format        the version of everything else here
 * identity.pem  who the node is, mode 0600
 * join-token    the secret of a cluster that this node founded, mode 0600
 * admitted      identities that the join token brought in, one a line
 * peers         other nodes, remembered over restarts
 * db/           RocksDB
 * segments/     the bodies of large blocks
 * cells/        what this node knows of its cells, and their logs
 * </pre>
 */
public final class DataDirectory implements AutoCloseable {

  /** What this version reads and writes. */
  static final String FORMAT = "cairn-data 4\n";

  /** Has neither shards nor stripes, which its programs would not understand; else the same. */
  static final String EARLIER_FORMAT = "cairn-data 3\n";

  private static final int MAX_LOCK_TEXT = 32;

  private final Path path;
  private final FileChannel lockChannel;

  private DataDirectory(Path path, FileChannel lockChannel) {
    this.path = path;
    this.lockChannel = lockChannel;
  }

  /**
   * Locks a data directory, making it if it is missing.
   *
   * @throws IOException if another process has it, naming that process; or if it has a format that
   *     this version does not know, and then nothing in it was changed
   */
  public static DataDirectory open(Path path) throws IOException {
    if (!Files.isDirectory(path)) {
      DurableFile.createDirectories(
          path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
    requireKnownFormat(path);
    FileChannel channel = lock(path);
    try {
      if (!Files.exists(path.resolve("format")) || hasFormat(path, EARLIER_FORMAT)) {
        DurableFile.write(path.resolve("format"), FORMAT);
      }
      DataDirectory directory = new DataDirectory(path, channel);
      // Their users sync what they have in their directories, but not the names of those.
      Files.createDirectories(directory.database());
      Files.createDirectories(directory.segments());
      DurableFile.syncParent(directory.database());
      return directory;
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  private static void requireKnownFormat(Path path) throws IOException {
    Path format = path.resolve("format");
    if (Files.exists(format)) {
      String found = Files.readString(format, StandardCharsets.UTF_8);
      if (!found.equals(FORMAT) && !found.equals(EARLIER_FORMAT)) {
        throw new IOException(
            path
                + " has the format '"
                + found.strip()
                + "', this version of Cairn knows only '"
                + FORMAT.strip()
                + "'; nothing was changed");
      }
    } else if (Files.exists(path.resolve("db"))) {
      throw new IOException(path + " holds a database and no format file; nothing was changed");
    }
  }

  private static boolean hasFormat(Path path, String wanted) throws IOException {
    return Files.readString(path.resolve("format"), StandardCharsets.UTF_8).equals(wanted);
  }

  private static FileChannel lock(Path path) throws IOException {
    Path file = path.resolve("lock");
    FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      FileLock lock = tryLock(channel);
      if (lock == null) {
        throw new DirectoryInUseException(path, holder(channel));
      }
      channel.truncate(0);
      channel.write(
          ByteBuffer.wrap(
              Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.UTF_8)),
          0);
      return channel;
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null; // this process has it itself
    }
  }

  private static String holder(FileChannel channel) throws IOException {
    ByteBuffer text = ByteBuffer.allocate(MAX_LOCK_TEXT);
    channel.read(text, 0);
    return new String(text.array(), 0, text.position(), StandardCharsets.UTF_8).strip();
  }

  public Path path() {
    return path;
  }

  /** Where RocksDB's files are. */
  public Path database() {
    return path.resolve("db");
  }

  /** Where the segment files are. */
  public Path segments() {
    return path.resolve("segments");
  }

  /** Where the cells are; made when it is needed. */
  public Path cells() {
    return path.resolve("cells");
  }

  /** Where the join token of a founded cluster is. */
  public Path joinToken() {
    return path.resolve("join-token");
  }

  /** Where admitted identities are. */
  public Path admitted() {
    return path.resolve("admitted");
  }

  /** The node's identity; made at the first call. */
  public Identity identity() throws IOException {
    Path file = path.resolve("identity.pem");
    if (Files.exists(file)) {
      return Identity.load(file);
    }
    Identity identity = Identity.generate();
    identity.save(file);
    return identity;
  }

  /** Unlocks it. */
  @Override
  public void close() throws IOException {
    lockChannel.close();
  }
}
