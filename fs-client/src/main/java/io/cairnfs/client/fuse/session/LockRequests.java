package io.cairnfs.client.fuse.session;

import static io.cairnfs.client.fuse.protocol.Request.BODY;

import io.cairnfs.client.fuse.protocol.Request;
import io.cairnfs.client.vfs.Failure;
import io.cairnfs.client.vfs.Lock;
import io.cairnfs.client.vfs.Vfs;
import io.cairnfs.client.vfs.VfsException;

/**
 * Requests about locks (struct fuse_lk_in: handle, owner, start, end, type, pid, flags). They come
 * only if it was negotiated that the file system decides on locks. Each returns the length of the
 * answer's body.
 */
final class LockRequests {

  private static final int F_RDLCK = 0;
  private static final int F_WRLCK = 1;
  private static final int F_UNLCK = 2;
  private static final int FLOCK = 1;
  private static final int LK_OUT_BYTES = 24;

  private final Vfs vfs;

  LockRequests(Vfs vfs) {
    this.vfs = vfs;
  }

  int get(Request r) throws VfsException, InterruptedException {
    Lock wanted = lock(r);
    Lock other = vfs.getLock(r.int64(0), wanted);
    Lock answer =
        other != null
            ? other
            : new Lock(Lock.Kind.NONE, wanted.start(), wanted.end(), wanted.owner(), 0);
    r.out().putLong(BODY, answer.start());
    r.out().putLong(BODY + 8, answer.end());
    r.out().putInt(BODY + 16, number(answer.kind()));
    r.out().putInt(BODY + 20, answer.pid());
    return LK_OUT_BYTES;
  }

  int set(Request r, boolean wait) throws VfsException, InterruptedException {
    vfs.setLock(r.int64(0), lock(r), (r.int32(40) & FLOCK) != 0, wait);
    return 0;
  }

  private static Lock lock(Request r) throws VfsException {
    return new Lock(kind(r.int32(32)), r.int64(16), r.int64(24), r.int64(8), r.int32(36));
  }

  private static Lock.Kind kind(int number) throws VfsException {
    return switch (number) {
      case F_RDLCK -> Lock.Kind.SHARED;
      case F_WRLCK -> Lock.Kind.EXCLUSIVE;
      case F_UNLCK -> Lock.Kind.NONE;
      default -> throw new VfsException(Failure.INVALID);
    };
  }

  private static int number(Lock.Kind kind) {
    return switch (kind) {
      case SHARED -> F_RDLCK;
      case EXCLUSIVE -> F_WRLCK;
      case NONE -> F_UNLCK;
    };
  }
}
