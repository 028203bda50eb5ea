package io.cairnfs.client.fuse.protocol;

import io.cairnfs.client.vfs.Attributes;
import io.cairnfs.client.vfs.CachedAttributes;
import io.cairnfs.client.vfs.Entry;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;

/**
 * Writes attributes and entries as struct fuse_attr, fuse_attr_out, fuse_entry_out and
 * fuse_statx_out.
 */
public final class AttributeCodec {

  public static final int ATTR_OUT_BYTES = 104;
  public static final int ENTRY_OUT_BYTES = 128;
  public static final int STATX_OUT_BYTES = 288;

  /**
   * What st_blksize says: programs that buffer take it as their buffer's size, and without the
   * kernel's writeback cache each of their writes is a request, so it is larger than a page.
   */
  public static final int PREFERRED_IO_BYTES = 64 * 1024;

  private static final long NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final int STATX_BASIC_AND_BIRTH = 0xfff;
  private static final int STATX_BODY = 32;

  private AttributeCodec() {}

  /** Writes struct fuse_attr_out at {@code at}; returns its length. */
  public static int putAttributes(ByteBuffer out, int at, CachedAttributes cached) {
    out.putLong(at, cached.validNanos() / NANOS);
    out.putInt(at + 8, (int) (cached.validNanos() % NANOS));
    out.putInt(at + 12, 0);
    putAttr(out, at + 16, cached.attributes());
    return ATTR_OUT_BYTES;
  }

  /** Writes struct fuse_entry_out at {@code at}; returns its length. */
  public static int putEntry(ByteBuffer out, int at, Entry entry) {
    long seconds = entry.validNanos() / NANOS;
    int nanos = (int) (entry.validNanos() % NANOS);
    out.putLong(at, entry.attributes().inode());
    out.putLong(at + 8, entry.generation());
    out.putLong(at + 16, seconds);
    out.putLong(at + 24, seconds);
    out.putInt(at + 32, nanos);
    out.putInt(at + 36, nanos);
    putAttr(out, at + 40, entry.attributes());
    return ENTRY_OUT_BYTES;
  }

  private static void putAttr(ByteBuffer out, int at, Attributes a) {
    out.putLong(at, a.inode());
    out.putLong(at + 8, a.size());
    out.putLong(at + 16, a.blocks());
    out.putLong(at + 24, Math.floorDiv(a.atimeNanos(), NANOS));
    out.putLong(at + 32, Math.floorDiv(a.mtimeNanos(), NANOS));
    out.putLong(at + 40, Math.floorDiv(a.ctimeNanos(), NANOS));
    out.putInt(at + 48, (int) Math.floorMod(a.atimeNanos(), NANOS));
    out.putInt(at + 52, (int) Math.floorMod(a.mtimeNanos(), NANOS));
    out.putInt(at + 56, (int) Math.floorMod(a.ctimeNanos(), NANOS));
    out.putInt(at + 60, mode(a));
    out.putInt(at + 64, a.links());
    out.putInt(at + 68, a.uid());
    out.putInt(at + 72, a.gid());
    out.putInt(at + 76, a.device());
    out.putInt(at + 80, PREFERRED_IO_BYTES);
    out.putInt(at + 84, 0); // flags
  }

  /** Writes struct fuse_statx_out at {@code at}; returns its length. */
  public static int putStatx(ByteBuffer out, int at, CachedAttributes cached) {
    Attributes a = cached.attributes();
    zero(out, at, STATX_OUT_BYTES);
    out.putLong(at, cached.validNanos() / NANOS);
    out.putInt(at + 8, (int) (cached.validNanos() % NANOS));
    int statx = at + STATX_BODY;
    out.putInt(statx, STATX_BASIC_AND_BIRTH);
    out.putInt(statx + 4, PREFERRED_IO_BYTES);
    out.putInt(statx + 16, a.links());
    out.putInt(statx + 20, a.uid());
    out.putInt(statx + 24, a.gid());
    out.putShort(statx + 28, (short) mode(a));
    out.putLong(statx + 32, a.inode());
    out.putLong(statx + 40, a.size());
    out.putLong(statx + 48, a.blocks());
    putStatxTime(out, statx + 64, a.atimeNanos());
    putStatxTime(out, statx + 80, a.birthNanos());
    putStatxTime(out, statx + 96, a.ctimeNanos());
    putStatxTime(out, statx + 112, a.mtimeNanos());
    out.putInt(statx + 128, DeviceNumber.major(a.device()));
    out.putInt(statx + 132, DeviceNumber.minor(a.device()));
    return STATX_OUT_BYTES;
  }

  private static void putStatxTime(ByteBuffer out, int at, long nanos) {
    out.putLong(at, Math.floorDiv(nanos, NANOS));
    out.putInt(at + 8, (int) Math.floorMod(nanos, NANOS));
  }

  /** st_mode: type and permissions. */
  public static int mode(Attributes a) {
    return a.type().bits() | a.permissions();
  }

  static void zero(ByteBuffer out, int at, int length) {
    for (int i = 0; i < length; i += Long.BYTES) {
      out.putLong(at + i, 0);
    }
  }
}
