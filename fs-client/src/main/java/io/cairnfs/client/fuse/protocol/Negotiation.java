package io.cairnfs.client.fuse.protocol;

import java.nio.ByteBuffer;

/**
 * What INIT agreed on (struct fuse_init_in and fuse_init_out). Wanted of what the kernel offers:
 *
 * <ul>
 *   <li>1 MiB in one request (BIG_WRITES, MAX_PAGES), asynchronous reads and direct I/O, lookups
 *       and listings in parallel, readdirplus where the kernel finds it useful, cached symlinks;
 *   <li>HANDLE_KILLPRIV_V2: without it the kernel asks for security.capability before each write;
 *   <li>POSIX_ACL where the kernel checks permissions: it reads the lists as extended attributes.
 *       With it DONT_MASK, since a default list takes the place of the umask, and SETXATTR_EXT,
 *       which tells when a list that is set costs the set-group-ID bit;
 *   <li>DIRECT_IO_ALLOW_MMAP: a file that is open with O_DIRECT can be mapped nevertheless;
 *   <li>EXPORT_SUPPORT: file handles (open_by_handle_at(2), NFS) outlive the kernel's memory of an
 *       inode, which it looks up by its number and ".".
 * </ul>
 *
 * <p>Not wanted: WRITEBACK_CACHE (it ignores the server's size and hides the order of writes);
 * AUTO_INVAL_DATA (it drops a file's pages after our own writes, because they change its mtime);
 * EXPLICIT_INVAL_DATA (without it a size that is not our own doing drops them, so that an open file
 * shows what others append, and no zeros instead); ATOMIC_O_TRUNC (a truncating open would lose the
 * word on set-user-id bits that SETATTR carries); NO_OPEN and passthrough.
 *
 * @param minor minor version of the protocol that both sides speak
 * @param flags what both sides do
 * @param readAheadBytes the kernel's own limit, handed back
 */
public record Negotiation(int minor, long flags, int readAheadBytes) {

  public static final int MAJOR = 7;

  /** Newest version whose structures are known here (Linux 6.18). */
  public static final int NEWEST_MINOR = 45;

  /** Linux 5.4. */
  public static final int OLDEST_MINOR = 31;

  /** From here on the kernel knows FUSE_NOTIFY_INC_EPOCH (Linux 6.16). */
  public static final int EPOCH_MINOR = 44;

  public static final int INIT_OUT_BYTES = 64;

  static final long ASYNC_READ = 1;
  static final long POSIX_LOCKS = 1 << 1;
  static final long EXPORT_SUPPORT = 1 << 4;
  static final long BIG_WRITES = 1 << 5;
  static final long DONT_MASK = 1 << 6;
  static final long FLOCK_LOCKS = 1 << 10;
  static final long DO_READDIRPLUS = 1 << 13;
  static final long READDIRPLUS_AUTO = 1 << 14;
  static final long ASYNC_DIO = 1 << 15;
  static final long PARALLEL_DIROPS = 1 << 18;
  static final long POSIX_ACL = 1 << 20;
  static final long MAX_PAGES = 1 << 22;
  static final long CACHE_SYMLINKS = 1 << 23;
  static final long HANDLE_KILLPRIV_V2 = 1 << 28;
  static final long SETXATTR_EXT = 1 << 29;
  static final long INIT_EXT = 1 << 30;
  static final long DIRECT_IO_ALLOW_MMAP = 1L << 36;

  private static final long WANTED =
      ASYNC_READ
          | EXPORT_SUPPORT
          | BIG_WRITES
          | DO_READDIRPLUS
          | READDIRPLUS_AUTO
          | ASYNC_DIO
          | PARALLEL_DIROPS
          | MAX_PAGES
          | CACHE_SYMLINKS
          | HANDLE_KILLPRIV_V2
          | INIT_EXT
          | DIRECT_IO_ALLOW_MMAP;

  private static final long VOLUME_LOCKS = POSIX_LOCKS | FLOCK_LOCKS;
  private static final long ACCESS_LISTS = POSIX_ACL | DONT_MASK | SETXATTR_EXT;

  private static final int MAX_BACKGROUND = 64;
  private static final int CONGESTION_THRESHOLD = MAX_BACKGROUND * 3 / 4;
  private static final int PAGE_BYTES = 4096; // larger pages only make for smaller requests
  private static final int WIDE_FLAGS_OFFSET = 16;

  /** The kernel's major version, of the request INIT. */
  public static int major(Request request) {
    return request.int32(0);
  }

  /**
   * Agrees with what the kernel offers.
   *
   * @param volumeLocks whether the file system decides on locks, instead of the local kernel
   * @param kernelChecks whether the kernel checks permissions
   */
  public static Negotiation with(Request request, boolean volumeLocks, boolean kernelChecks) {
    int minor = Math.min(request.int32(4), NEWEST_MINOR);
    long offered = Integer.toUnsignedLong(request.int32(12));
    if ((offered & INIT_EXT) != 0) {
      offered |= (long) request.int32(WIDE_FLAGS_OFFSET) << 32;
    }
    long wanted = WANTED | (volumeLocks ? VOLUME_LOCKS : 0) | (kernelChecks ? ACCESS_LISTS : 0);
    return new Negotiation(minor, offered & wanted, request.int32(8));
  }

  /** Writes struct fuse_init_out at {@code at}; returns its length. */
  public int put(ByteBuffer out, int at) {
    AttributeCodec.zero(out, at, INIT_OUT_BYTES);
    out.putInt(at, MAJOR);
    out.putInt(at + 4, minor);
    out.putInt(at + 8, readAheadBytes);
    out.putInt(at + 12, (int) flags);
    out.putShort(at + 16, (short) MAX_BACKGROUND);
    out.putShort(at + 18, (short) CONGESTION_THRESHOLD);
    out.putInt(at + 20, Request.MAX_DATA_BYTES);
    out.putInt(at + 24, 1); // time granularity in nanoseconds
    out.putShort(at + 28, (short) (Request.MAX_DATA_BYTES / PAGE_BYTES));
    out.putInt(at + 32, (int) (flags >>> 32));
    return INIT_OUT_BYTES;
  }

  /** Whether SETXATTR comes with the flags of SETXATTR_EXT. */
  public boolean hasLongSetXattr() {
    return (flags & SETXATTR_EXT) != 0;
  }

  public boolean hasEpoch() {
    return minor >= EPOCH_MINOR;
  }
}
