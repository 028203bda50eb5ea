package io.cairnfs.client.fuse.session;

import static io.cairnfs.client.fuse.protocol.Request.BODY;

import io.cairnfs.client.fuse.protocol.DirectoryAnswer;
import io.cairnfs.client.fuse.protocol.OpenCodec;
import io.cairnfs.client.fuse.protocol.Request;
import io.cairnfs.client.vfs.Vfs;
import io.cairnfs.client.vfs.VfsException;

/** Requests about open directories. Each returns the length of the answer's body. */
final class DirectoryRequests {

  private static final int FSYNC_DATA_ONLY = 1;

  private final Vfs vfs;

  DirectoryRequests(Vfs vfs) {
    this.vfs = vfs;
  }

  int open(Request r) throws VfsException, InterruptedException {
    return OpenCodec.putDirectory(r.out(), BODY, vfs.openDirectory(r.caller(), r.node()));
  }

  /** struct fuse_read_in: handle, cookie, size. */
  int read(Request r, boolean plus) throws VfsException, InterruptedException {
    int size = Math.min(r.int32(16), r.capacity());
    DirectoryAnswer answer = new DirectoryAnswer(r.out(), BODY, size, plus);
    vfs.readDirectory(r.int64(0), r.int64(8), plus, answer);
    return answer.length();
  }

  int release(Request r) {
    vfs.releaseDirectory(r.int64(0));
    return 0;
  }

  /** struct fuse_fsync_in: handle, flags. */
  int fsync(Request r) throws VfsException, InterruptedException {
    vfs.fsyncDirectory(r.int64(0), (r.int32(8) & FSYNC_DATA_ONLY) != 0);
    return 0;
  }
}
