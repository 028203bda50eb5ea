package io.cairnfs.client.fuse.session;

import io.cairnfs.client.fuse.linux.Errno;
import io.cairnfs.client.fuse.protocol.FailureErrno;
import io.cairnfs.client.fuse.protocol.Opcode;
import io.cairnfs.client.fuse.protocol.Request;
import io.cairnfs.client.vfs.Vfs;
import io.cairnfs.client.vfs.VfsException;
import io.cairnfs.client.wait.WouldBlockException;

/**
 * Turns a request into a call of the file system. It decides nothing: it decodes, calls, encodes,
 * and makes failures errno numbers. Thread-safe.
 */
final class Dispatcher {

  /**
   * The answer is in the request's buffer if the result is 0 or more; else the result is -errno, or
   * this.
   */
  static final int NO_ANSWER = Integer.MIN_VALUE;

  private final NameRequests names;
  private final AttributeRequests attributes;
  private final FileRequests files;
  private final DirectoryRequests directories;
  private final XattrRequests xattrs;
  private final LockRequests locks;
  private final ErrorLog errors;

  Dispatcher(Vfs vfs, NoticeSender notices, boolean longSetXattr, ErrorLog errors) {
    this.errors = errors;
    DirectoryAttributes directoryAttributes = new DirectoryAttributes(notices);
    names = new NameRequests(vfs, directoryAttributes);
    attributes = new AttributeRequests(vfs, directoryAttributes);
    files = new FileRequests(vfs, notices);
    directories = new DirectoryRequests(vfs, directoryAttributes);
    xattrs = new XattrRequests(vfs, longSetXattr);
    locks = new LockRequests(vfs);
  }

  /**
   * Carries a request out, whatever it is.
   *
   * @return length of the answer's body, -errno, or {@link #NO_ANSWER}
   * @throws WouldBlockException if this thread must not wait, and would have to
   */
  @SuppressWarnings(
      "CatchingUnchecked") // nothing that fails may end the thread: the kernel waits for an answer
  int handle(Request request) {
    try {
      return request.complete() ? call(request) : -Errno.EINVAL;
    } catch (VfsException e) {
      if (e.getCause() != null) {
        errors.report("request " + request.opcode() + " failed", e);
      }
      return -FailureErrno.of(e.failure());
    } catch (InterruptedException e) {
      return -Errno.EINTR; // the thread serves this request only, so nobody else needs to know
    } catch (WouldBlockException e) {
      throw e;
    } catch (RuntimeException | Error e) {
      errors.report("request " + request.opcode() + " failed unexpectedly", e);
      return hasAnswer(request.opcode()) ? -Errno.EIO : NO_ANSWER;
    }
  }

  private int call(Request r) throws VfsException, InterruptedException {
    return switch (r.opcode()) {
      case Opcode.LOOKUP -> names.lookup(r);
      case Opcode.FORGET -> {
        names.forget(r);
        yield NO_ANSWER;
      }
      case Opcode.BATCH_FORGET -> {
        names.forgetBatch(r);
        yield NO_ANSWER;
      }
      case Opcode.GETATTR -> attributes.get(r);
      case Opcode.STATX -> attributes.getExtended(r);
      case Opcode.SETATTR -> attributes.set(r);
      case Opcode.ACCESS -> attributes.access(r);
      case Opcode.STATFS -> attributes.status(r);
      case Opcode.SYNCFS -> attributes.syncAll();
      case Opcode.READLINK -> names.readSymlink(r);
      case Opcode.SYMLINK -> names.makeSymlink(r);
      case Opcode.MKNOD -> names.makeNode(r);
      case Opcode.MKDIR -> names.makeDirectory(r);
      case Opcode.UNLINK -> names.unlink(r);
      case Opcode.RMDIR -> names.removeDirectory(r);
      case Opcode.RENAME -> names.rename(r);
      case Opcode.RENAME2 -> names.renameWithFlags(r);
      case Opcode.LINK -> names.link(r);
      case Opcode.CREATE -> names.create(r);
      case Opcode.TMPFILE -> names.createUnnamed(r);
      case Opcode.OPEN -> files.open(r);
      case Opcode.READ -> files.read(r);
      case Opcode.WRITE -> files.write(r);
      case Opcode.FLUSH -> files.flush(r);
      case Opcode.RELEASE -> files.release(r);
      case Opcode.FSYNC -> files.fsync(r);
      case Opcode.FALLOCATE -> files.allocate(r);
      case Opcode.LSEEK -> files.seek(r);
      case Opcode.COPY_FILE_RANGE -> files.copyRange(r);
      case Opcode.COPY_FILE_RANGE_64 -> files.copyLongRange(r);
      case Opcode.OPENDIR -> directories.open(r);
      case Opcode.READDIR -> directories.read(r, false);
      case Opcode.READDIRPLUS -> directories.read(r, true);
      case Opcode.RELEASEDIR -> directories.release(r);
      case Opcode.FSYNCDIR -> directories.fsync(r);
      case Opcode.SETXATTR -> xattrs.set(r);
      case Opcode.GETXATTR -> xattrs.get(r);
      case Opcode.LISTXATTR -> xattrs.list(r);
      case Opcode.REMOVEXATTR -> xattrs.remove(r);
      case Opcode.GETLK -> locks.get(r);
      case Opcode.SETLK -> locks.set(r, false);
      case Opcode.SETLKW -> locks.set(r, true);
      case Opcode.DESTROY -> 0;
      default -> -Errno.ENOSYS;
    };
  }

  private static boolean hasAnswer(int opcode) {
    return opcode != Opcode.FORGET && opcode != Opcode.BATCH_FORGET;
  }

  /**
   * Whether a request waits by its nature, so that trying it on an impatient thread is of no use.
   */
  static boolean alwaysWaits(int opcode) {
    return switch (opcode) {
      case Opcode.FSYNC, Opcode.FSYNCDIR, Opcode.SYNCFS, Opcode.SETLKW -> true;
      default -> false;
    };
  }

  /** The largest body that the answer to a request can have. */
  static int answerBound(Request r) {
    return switch (r.opcode()) {
      case Opcode.READ, Opcode.READDIR, Opcode.READDIRPLUS -> r.int32(16);
      case Opcode.GETXATTR, Opcode.LISTXATTR -> r.int32(0);
      default -> MAX_FIXED_ANSWER;
    };
  }

  /** A symlink's target, the longest answer whose length the request does not say. */
  private static final int MAX_FIXED_ANSWER = 4096;
}
