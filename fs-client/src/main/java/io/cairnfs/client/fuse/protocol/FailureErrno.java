package io.cairnfs.client.fuse.protocol;

import io.cairnfs.client.fuse.linux.Errno;
import io.cairnfs.client.vfs.Failure;

/** Failures of the file system as the kernel's numbers: the one place where they meet. */
public final class FailureErrno {
  private FailureErrno() {}

  public static int of(Failure failure) {
    return switch (failure) {
      case NOT_PERMITTED -> Errno.EPERM;
      case NOT_FOUND -> Errno.ENOENT;
      case INTERRUPTED -> Errno.EINTR;
      case IO -> Errno.EIO;
      case NO_SUCH_DEVICE_OR_ADDRESS -> Errno.ENXIO;
      case BAD_HANDLE -> Errno.EBADF;
      case TRY_AGAIN -> Errno.EAGAIN;
      case OUT_OF_MEMORY -> Errno.ENOMEM;
      case ACCESS_DENIED -> Errno.EACCES;
      case BUSY -> Errno.EBUSY;
      case EXISTS -> Errno.EEXIST;
      case CROSS_DEVICE -> Errno.EXDEV;
      case NOT_A_DIRECTORY -> Errno.ENOTDIR;
      case IS_A_DIRECTORY -> Errno.EISDIR;
      case INVALID -> Errno.EINVAL;
      case FILE_TOO_LARGE -> Errno.EFBIG;
      case NO_SPACE -> Errno.ENOSPC;
      case READ_ONLY -> Errno.EROFS;
      case TOO_MANY_LINKS -> Errno.EMLINK;
      case OUT_OF_RANGE -> Errno.ERANGE;
      case NAME_TOO_LONG -> Errno.ENAMETOOLONG;
      case NOT_SUPPORTED -> Errno.EOPNOTSUPP;
      case NOT_EMPTY -> Errno.ENOTEMPTY;
      case NO_SUCH_ATTRIBUTE -> Errno.ENODATA;
      case OVER_QUOTA -> Errno.EDQUOT;
      case STALE -> Errno.ESTALE;
      case WOULD_DEADLOCK -> Errno.EDEADLK;
      case NO_LOCKS -> Errno.ENOLCK;
    };
  }
}
