package io.cairnfs.client.jnr;

import io.cairnfs.client.vfs.Caller;
import io.cairnfs.client.vfs.Failure;
import io.cairnfs.client.vfs.Vfs;
import io.cairnfs.client.vfs.VfsException;
import java.nio.charset.StandardCharsets;

/**
 * From the paths of libfuse to inodes. jnr-fuse hands paths over as text: bytes that are not UTF-8
 * are lost by then, so such names are refused. Thread-safe.
 */
final class Paths {

  static final long ROOT = 1;

  /** What undecodable bytes became. */
  private static final char REPLACEMENT = '\ufffd';

  private final Vfs vfs;
  private final OpenFiles open;

  Paths(Vfs vfs, OpenFiles open) {
    this.vfs = vfs;
    this.open = open;
  }

  /** A name in a directory. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Place(Held parent, byte[] name) implements AutoCloseable {
    @Override
    public void close() {
      parent.close();
    }
  }

  /** The inode at a path that begins with a slash; symlinks are not followed. */
  Held find(Caller caller, String path) throws VfsException, InterruptedException {
    Held unnamed = open.findUnnamed(Unnamed.of(path));
    return unnamed != null ? unnamed : walk(caller, path, path.length());
  }

  /** The directory of a path's last name, and that name. */
  Place place(Caller caller, String path) throws VfsException, InterruptedException {
    int slash = path.lastIndexOf('/');
    byte[] name = bytes(path.substring(slash + 1));
    return new Place(walk(caller, path, slash), name);
  }

  private Held walk(Caller caller, String path, int end) throws VfsException, InterruptedException {
    Held held = new Held(vfs, ROOT);
    int from = 1;
    while (from < end) {
      int slash = path.indexOf('/', from);
      int to = slash < 0 ? end : Math.min(slash, end);
      try (Held parent = held) {
        held = lookup(caller, parent.inode(), bytes(path.substring(from, to)));
      }
      from = to + 1;
    }
    return held;
  }

  private Held lookup(Caller caller, long parent, byte[] name)
      throws VfsException, InterruptedException {
    return new Held(vfs, vfs.lookup(caller, parent, name).attributes().inode());
  }

  /** The bytes of a name, or of any text that libfuse hands over. */
  static byte[] bytes(String text) throws VfsException {
    if (text.indexOf(REPLACEMENT) >= 0) {
      throw new VfsException(Failure.INVALID);
    }
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
