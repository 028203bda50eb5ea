package io.cairnfs.client.fuse.session;

import static io.cairnfs.client.fuse.protocol.Request.BODY;

import io.cairnfs.client.fuse.protocol.DirectoryAnswer;
import io.cairnfs.client.fuse.protocol.OpenCodec;
import io.cairnfs.client.fuse.protocol.Request;
import io.cairnfs.client.namespace.FileType;
import io.cairnfs.client.vfs.DirectorySink;
import io.cairnfs.client.vfs.Entry;
import io.cairnfs.client.vfs.Vfs;
import io.cairnfs.client.vfs.VfsException;

/** Requests about open directories. Each returns the length of the answer's body. */
final class DirectoryRequests {

  private static final int FSYNC_DATA_ONLY = 1;

  private final Vfs vfs;
  private final DirectoryAttributes attributes;

  DirectoryRequests(Vfs vfs, DirectoryAttributes attributes) {
    this.vfs = vfs;
    this.attributes = attributes;
  }

  int open(Request r) throws VfsException, InterruptedException {
    return OpenCodec.putDirectory(r.out(), BODY, vfs.openDirectory(r.caller(), r.node()));
  }

  /** struct fuse_read_in: handle, cookie, size. */
  int read(Request r, boolean plus) throws VfsException, InterruptedException {
    int size = Math.min(r.int32(16), r.capacity());
    DirectoryAnswer answer = new DirectoryAnswer(r.out(), BODY, size, plus);
    vfs.readDirectory(r.int64(0), r.int64(8), plus, plus ? answering(r, answer) : answer);
    return answer.length();
  }

  private DirectorySink answering(Request r, DirectoryAnswer answer) {
    long before = attributes.beforeReading();
    return new DirectorySink() {
      @Override
      public boolean name(byte[] name, long inode, FileType type, long next) {
        return answer.name(name, inode, type, next);
      }

      @Override
      public boolean entry(byte[] name, Entry entry, long next) {
        return answer.entry(name, attributes.answer(r, entry, before), next);
      }
    };
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
