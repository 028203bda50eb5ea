package io.cairnfs.client.testing;

import io.cairnfs.client.namespace.FileType;
import io.cairnfs.client.vfs.Attributes;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * An inode of {@link MemoryVfs}. Its methods are synchronized; names and links are guarded by the
 * file system.
 */
final class MemoryNode {

  private static final int PAGE = 64 * 1024;
  private static final byte[] NO_BYTES = {};

  /** A name in a directory. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Child(byte[] name, MemoryNode node, long cookie) {}

  final long inode;
  final FileType type;
  final int device;
  final byte[] target;
  final long birthNanos;
  final Map<String, byte[]> xattrs = new TreeMap<>();
  final NavigableMap<Long, Child> byCookie = new TreeMap<>();
  final Map<String, Child> byName = new HashMap<>();
  @Nullable MemoryNode parent;
  long nextCookie = 3;
  int permissions;
  int uid;
  int gid;
  int links;
  int subdirectories;
  long lookups;
  int handles;
  long size;
  long atimeNanos;
  long mtimeNanos;
  long ctimeNanos;
  private final List<byte[]> pages = new ArrayList<>();
  private long allocatedPages;

  MemoryNode(long inode, FileType type, int permissions, int device, byte[] target, long now) {
    this.inode = inode;
    this.type = type;
    this.permissions = permissions;
    this.device = device;
    this.target = target;
    birthNanos = now;
    atimeNanos = now;
    mtimeNanos = now;
    ctimeNanos = now;
    size = target.length;
  }

  synchronized Attributes attributes() {
    return new Attributes(
        inode,
        type,
        permissions,
        type == FileType.DIRECTORY ? 2 + subdirectories : links,
        uid,
        gid,
        device,
        size,
        allocatedPages * (PAGE / 512),
        atimeNanos,
        mtimeNanos,
        ctimeNanos,
        birthNanos);
  }

  synchronized int read(long offset, ByteBuffer target) {
    int total = (int) Math.max(0, Math.min(target.remaining(), size - offset));
    for (int done = 0; done < total; ) {
      int within = (int) ((offset + done) % PAGE);
      int length = Math.min(PAGE - within, total - done);
      byte[] page = page((int) ((offset + done) / PAGE));
      if (page.length == 0) {
        for (int i = 0; i < length; i++) {
          target.put((byte) 0);
        }
      } else {
        target.put(page, within, length);
      }
      done += length;
    }
    return total;
  }

  private byte[] page(int index) {
    return index < pages.size() ? pages.get(index) : NO_BYTES;
  }

  synchronized void write(long offset, ByteBuffer data, long now) {
    long position = offset;
    while (data.hasRemaining()) {
      int within = (int) (position % PAGE);
      int length = Math.min(PAGE - within, data.remaining());
      data.get(writablePage((int) (position / PAGE)), within, length);
      position += length;
    }
    size = Math.max(size, position);
    mtimeNanos = now;
    ctimeNanos = now;
  }

  private byte[] writablePage(int index) {
    while (pages.size() <= index) {
      pages.add(NO_BYTES);
    }
    byte[] page = pages.get(index);
    if (page.length == 0) {
      page = new byte[PAGE];
      pages.set(index, page);
      allocatedPages++;
    }
    return page;
  }

  synchronized void truncate(long newSize) {
    if (newSize < size) {
      zero(newSize, size - newSize);
      int keep = (int) ((newSize + PAGE - 1) / PAGE);
      while (pages.size() > keep) {
        if (pages.removeLast().length > 0) {
          allocatedPages--;
        }
      }
    }
    size = newSize;
  }

  /** Clears a range; pages that it covers become holes. */
  synchronized void zero(long offset, long length) {
    long end = Math.min(offset + length, (long) pages.size() * PAGE);
    for (long position = offset; position < end; ) {
      int index = (int) (position / PAGE);
      int within = (int) (position % PAGE);
      int part = (int) Math.min(PAGE - within, end - position);
      byte[] page = pages.get(index);
      if (page.length > 0) {
        if (part == PAGE) {
          pages.set(index, NO_BYTES);
          allocatedPages--;
        } else {
          Arrays.fill(page, within, within + part, (byte) 0);
        }
      }
      position += part;
    }
  }

  synchronized void allocate(long offset, long length) {
    for (long index = offset / PAGE; index <= (offset + length - 1) / PAGE; index++) {
      writablePage((int) index);
    }
  }

  /**
   * Next data or hole at or after an offset below the size; the size if there is none; holes end
   * every file.
   */
  synchronized long seek(long offset, boolean hole) {
    for (long position = offset; position < size; position = (position / PAGE + 1) * PAGE) {
      if ((page((int) (position / PAGE)).length == 0) == hole) {
        return position;
      }
    }
    return size;
  }
}
