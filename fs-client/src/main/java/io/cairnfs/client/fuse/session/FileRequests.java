package io.cairnfs.client.fuse.session;

import static io.cairnfs.client.fuse.protocol.Request.BODY;

import io.cairnfs.client.fuse.protocol.CallFlags;
import io.cairnfs.client.fuse.protocol.NoticeCodec;
import io.cairnfs.client.fuse.protocol.OpenCodec;
import io.cairnfs.client.fuse.protocol.Request;
import io.cairnfs.client.vfs.Failure;
import io.cairnfs.client.vfs.Vfs;
import io.cairnfs.client.vfs.VfsException;

/** Requests about open files. Each returns the length of the answer's body. */
final class FileRequests {

  private static final int WRITE_CACHE = 1;
  private static final int WRITE_KILL_PRIVILEGES = 1 << 2;
  private static final int WRITE_IN_BYTES = 40;
  private static final int FSYNC_DATA_ONLY = 1;
  private static final int SEEK_DATA = 3;
  private static final int SEEK_HOLE = 4;

  /** COPY_FILE_RANGE answers in 32 bits; this is the most that it can say in whole pages. */
  private static final long MAX_COPY_32 = 0xffff_f000L;

  private final Vfs vfs;
  private final NoticeSender notices;

  FileRequests(Vfs vfs, NoticeSender notices) {
    this.vfs = vfs;
    this.notices = notices;
  }

  int open(Request r) throws VfsException, InterruptedException {
    return OpenCodec.putFile(
        r.out(), BODY, vfs.open(r.caller(), r.node(), OpenCodec.flags(r.int32(0))));
  }

  /** struct fuse_read_in: handle, offset, size. The bytes go straight into the answer. */
  int read(Request r) throws VfsException, InterruptedException {
    return vfs.read(r.int64(0), r.int64(8), r.body(r.int32(16)));
  }

  /** struct fuse_write_in: handle, offset, size, flags; then the data, handed on where it lies. */
  int write(Request r) throws VfsException, InterruptedException {
    int flags = r.int32(20);
    boolean cached = (flags & WRITE_CACHE) != 0;
    if (!cached && (flags & WRITE_KILL_PRIVILEGES) != 0) {
      killPrivileges(r.int64(0), r.node());
    }
    int written =
        vfs.write(
            r.caller(),
            r.int64(0),
            r.int64(8),
            r.data(WRITE_IN_BYTES, r.int32(16)),
            cached ? Vfs.WriteMode.PAGE_CACHE : Vfs.WriteMode.PROGRAM);
    return answerCount(r, written);
  }

  /** struct fuse_flush_in: handle, two words unused, lock owner. */
  int flush(Request r) throws VfsException, InterruptedException {
    vfs.flush(r.int64(0), r.int64(16));
    return 0;
  }

  /** struct fuse_release_in: handle, flags, release flags, lock owner. */
  int release(Request r) {
    vfs.release(r.int64(0), r.int64(16));
    return 0;
  }

  /** struct fuse_fsync_in: handle, flags. */
  int fsync(Request r) throws VfsException, InterruptedException {
    vfs.fsync(r.int64(0), (r.int32(8) & FSYNC_DATA_ONLY) != 0);
    return 0;
  }

  /** struct fuse_fallocate_in: handle, offset, length, mode. */
  int allocate(Request r) throws VfsException, InterruptedException {
    var mode = CallFlags.allocate(r.int32(24));
    strangerChanges(r, r.int64(0), r.node());
    vfs.allocate(r.int64(0), mode, r.int64(8), r.int64(16));
    return 0;
  }

  /** struct fuse_lseek_in: handle, offset, whence. The kernel does the other kinds itself. */
  int seek(Request r) throws VfsException, InterruptedException {
    int whence = r.int32(16);
    if (whence != SEEK_DATA && whence != SEEK_HOLE) {
      throw new VfsException(Failure.INVALID);
    }
    r.out().putLong(BODY, vfs.seek(r.int64(0), r.int64(8), whence == SEEK_HOLE));
    return Long.BYTES;
  }

  /** struct fuse_copy_file_range_in, answered by struct fuse_write_out. */
  int copyRange(Request r) throws VfsException, InterruptedException {
    long copied = copy(r, Math.min(r.int64(40), MAX_COPY_32));
    return answerCount(r, (int) copied);
  }

  /** The same, answered in 64 bits. */
  int copyLongRange(Request r) throws VfsException, InterruptedException {
    r.out().putLong(BODY, copy(r, r.int64(40)));
    return Long.BYTES;
  }

  /**
   * Source handle and offset; target node, handle and offset; length; flags, of which there are
   * none.
   */
  private long copy(Request r, long length) throws VfsException, InterruptedException {
    if (r.int64(48) != 0) {
      throw new VfsException(Failure.INVALID);
    }
    strangerChanges(r, r.int64(24), r.int64(16));
    return vfs.copyRange(r.caller(), r.int64(0), r.int64(8), r.int64(24), r.int64(32), length);
  }

  /**
   * Unlike writes, these requests have no flag that tells whether the caller may keep set-user-ID
   * and set-group-ID, and with HANDLE_KILLPRIV_V2 the kernel leaves clearing them to us. Who may
   * keep them is root, nearly always.
   */
  private void strangerChanges(Request r, long handle, long node)
      throws VfsException, InterruptedException {
    if (r.caller().uid() != 0) {
      killPrivileges(handle, node);
    }
  }

  private void killPrivileges(long handle, long node) throws VfsException, InterruptedException {
    if (vfs.killPrivileges(handle)) {
      // The kernel expects size and times to change, but goes on showing the old mode.
      notices.sendNow(NoticeCodec.invalidateInode(node, -1, 0));
    }
  }

  private static int answerCount(Request r, int count) {
    r.out().putInt(BODY, count).putInt(BODY + 4, 0);
    return 8;
  }
}
