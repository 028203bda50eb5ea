package io.cairnfs.client.fuse.session;

import static io.cairnfs.client.fuse.protocol.Request.BODY;

import io.cairnfs.client.fuse.protocol.AttributeCodec;
import io.cairnfs.client.fuse.protocol.Request;
import io.cairnfs.client.vfs.AttributeChange;
import io.cairnfs.client.vfs.AttributeChange.Time;
import io.cairnfs.client.vfs.CachedAttributes;
import io.cairnfs.client.vfs.FileSystemStatus;
import io.cairnfs.client.vfs.Vfs;
import io.cairnfs.client.vfs.VfsException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Requests about attributes, access and the whole file system. Each returns the length of the
 * answer's body.
 */
final class AttributeRequests {

  private static final int GETATTR_FH = 1;

  // FATTR_*: which fields of struct fuse_setattr_in count
  private static final int MODE = 1;
  private static final int UID = 1 << 1;
  private static final int GID = 1 << 2;
  private static final int SIZE = 1 << 3;
  private static final int ATIME = 1 << 4;
  private static final int MTIME = 1 << 5;
  private static final int HANDLE = 1 << 6;
  private static final int ATIME_NOW = 1 << 7;
  private static final int MTIME_NOW = 1 << 8;
  private static final int CTIME = 1 << 10;
  private static final int KILL_PRIVILEGES = 1 << 11;

  private static final int PERMISSIONS = 0xfff;
  private static final int STATFS_OUT_BYTES = 80;
  private static final int MAX_NAME_BYTES = 255;

  private final Vfs vfs;
  private final DirectoryAttributes directories;

  AttributeRequests(Vfs vfs, DirectoryAttributes directories) {
    this.vfs = vfs;
    this.directories = directories;
  }

  /** struct fuse_getattr_in: flags, handle. */
  int get(Request r) throws VfsException, InterruptedException {
    return AttributeCodec.putAttributes(r.out(), BODY, read(r));
  }

  /** struct fuse_statx_in: flags, handle; asked for the birth time, which GETATTR cannot tell. */
  int getExtended(Request r) throws VfsException, InterruptedException {
    return AttributeCodec.putStatx(r.out(), BODY, read(r));
  }

  private CachedAttributes read(Request r) throws VfsException, InterruptedException {
    long handle = (r.int32(0) & GETATTR_FH) != 0 ? r.int64(8) : 0;
    long before = directories.beforeReading();
    return directories.answer(r, vfs.getAttributes(r.node(), handle), before);
  }

  /** struct fuse_setattr_in. */
  int set(Request r) throws VfsException, InterruptedException {
    int valid = r.int32(0);
    boolean owner = (valid & (UID | GID)) != 0;
    AttributeChange change =
        new AttributeChange(
            (valid & MODE) != 0 ? r.int32(68) & PERMISSIONS : null,
            (valid & UID) != 0 ? r.int32(76) : null,
            (valid & GID) != 0 ? r.int32(80) : null,
            (valid & SIZE) != 0 ? r.int64(16) : null,
            time(r, valid, ATIME, ATIME_NOW, 32, 56),
            time(r, valid, MTIME, MTIME_NOW, 40, 60),
            (valid & CTIME) != 0 ? nanos(r, 48, 64) : null,
            // HANDLE_KILLPRIV_V2 leaves it to us to do so on a change of owner, and says nothing
            owner || (valid & KILL_PRIVILEGES) != 0);
    long handle = (valid & HANDLE) != 0 ? r.int64(8) : 0;
    return AttributeCodec.putAttributes(
        r.out(), BODY, vfs.setAttributes(r.caller(), r.node(), change, handle));
  }

  private static @Nullable Time time(
      Request r, int valid, int set, int now, int seconds, int nanoseconds) {
    if ((valid & now) != 0) {
      return new Time.Now();
    }
    return (valid & set) != 0 ? new Time.At(nanos(r, seconds, nanoseconds)) : null;
  }

  private static long nanos(Request r, int seconds, int nanoseconds) {
    return TimeUnit.SECONDS.toNanos(r.int64(seconds)) + r.int32(nanoseconds);
  }

  int access(Request r) throws VfsException, InterruptedException {
    vfs.access(r.caller(), r.node(), r.int32(0));
    return 0;
  }

  int syncAll() throws VfsException, InterruptedException {
    vfs.syncAll();
    return 0;
  }

  /** struct fuse_statfs_out. */
  int status(Request r) throws VfsException, InterruptedException {
    FileSystemStatus status = vfs.status();
    ByteBuffer out = r.out();
    out.putLong(BODY, status.blocks());
    out.putLong(BODY + 8, status.free());
    out.putLong(BODY + 16, status.available());
    out.putLong(BODY + 24, status.files());
    out.putLong(BODY + 32, status.freeFiles());
    out.putInt(BODY + 40, status.blockSize());
    out.putInt(BODY + 44, MAX_NAME_BYTES);
    out.putInt(BODY + 48, status.blockSize());
    for (int spare = 52; spare < STATFS_OUT_BYTES; spare += Integer.BYTES) {
      out.putInt(BODY + spare, 0);
    }
    return STATFS_OUT_BYTES;
  }
}
