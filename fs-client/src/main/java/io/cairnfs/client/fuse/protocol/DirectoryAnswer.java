package io.cairnfs.client.fuse.protocol;

import io.cairnfs.client.namespace.FileType;
import io.cairnfs.client.vfs.DirectorySink;
import io.cairnfs.client.vfs.Entry;
import java.nio.ByteBuffer;

/**
 * The answer to READDIR or READDIRPLUS: entries go straight into the answer's buffer as struct
 * fuse_dirent or fuse_direntplus, each padded to eight bytes, until the size that the kernel asked
 * for is used up.
 */
public final class DirectoryAnswer implements DirectorySink {

  private static final int DIRENT_BYTES = 24;
  private static final int TYPE_SHIFT = 12; // DT_* are the type bits of st_mode

  private final ByteBuffer out;
  private final int start;
  private final int limit;
  private final int entryBytes;
  private int position;

  /**
   * Writes into {@code out} from {@code start} on, at most {@code size} bytes.
   *
   * @param plus whether it answers READDIRPLUS, where every name is preceded by an entry
   */
  public DirectoryAnswer(ByteBuffer out, int start, int size, boolean plus) {
    this.out = out;
    this.start = start;
    this.limit = start + size;
    this.entryBytes = plus ? AttributeCodec.ENTRY_OUT_BYTES : 0;
    this.position = start;
  }

  @Override
  public boolean name(byte[] name, long inode, FileType type, long next) {
    if (!hasRoom(name)) {
      return false;
    }
    for (int i = 0; i < entryBytes; i += Long.BYTES) {
      out.putLong(position + i, 0); // node 0: the kernel takes neither lookup nor attributes
    }
    position += entryBytes;
    putName(name, inode, type, next);
    return true;
  }

  @Override
  public boolean entry(byte[] name, Entry entry, long next) {
    if (!hasRoom(name)) {
      return false;
    }
    AttributeCodec.putEntry(out, position, entry);
    if (isDot(name)) {
      out.putLong(position, 0); // node 0: the kernel takes no lookup
    }
    position += entryBytes;
    putName(name, entry.attributes().inode(), entry.attributes().type(), next);
    return true;
  }

  /** Bytes written. */
  public int length() {
    return position - start;
  }

  private boolean hasRoom(byte[] name) {
    return position + padded(entryBytes + DIRENT_BYTES + name.length) <= limit;
  }

  private void putName(byte[] name, long inode, FileType type, long next) {
    out.putLong(position, inode);
    out.putLong(position + 8, next);
    out.putInt(position + 16, name.length);
    out.putInt(position + 20, type.bits() >>> TYPE_SHIFT);
    int end = position + padded(DIRENT_BYTES + name.length);
    out.putLong(end - Long.BYTES, 0); // the padding; the name covers what is not
    out.put(position + DIRENT_BYTES, name);
    position = end;
  }

  private static int padded(int length) {
    return (length + 7) & ~7;
  }

  private static boolean isDot(byte[] name) {
    return name[0] == '.' && (name.length == 1 || (name.length == 2 && name[1] == '.'));
  }
}
