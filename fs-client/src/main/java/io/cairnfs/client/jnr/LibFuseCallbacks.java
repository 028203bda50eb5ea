package io.cairnfs.client.jnr;

import io.cairnfs.client.fuse.protocol.CallFlags;
import io.cairnfs.client.fuse.protocol.OpenCodec;
import io.cairnfs.client.vfs.AttributeChange;
import io.cairnfs.client.vfs.AttributeChange.Time;
import io.cairnfs.client.vfs.Attributes;
import io.cairnfs.client.vfs.Caller;
import io.cairnfs.client.vfs.Created;
import io.cairnfs.client.vfs.Opened;
import io.cairnfs.client.vfs.Vfs;
import java.nio.ByteBuffer;
import java.util.concurrent.CountDownLatch;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;
import jnr.ffi.Struct;
import org.jspecify.annotations.Nullable;
import ru.serce.jnrfuse.FuseFillDir;
import ru.serce.jnrfuse.FuseStubFS;
import ru.serce.jnrfuse.struct.FileStat;
import ru.serce.jnrfuse.struct.FuseContext;
import ru.serce.jnrfuse.struct.FuseFileInfo;
import ru.serce.jnrfuse.struct.Statvfs;
import ru.serce.jnrfuse.struct.Timespec;

/**
 * What libfuse calls, as calls of the file system; like the kernel's binding it decides nothing. A
 * call that has a handle gets no path from libfuse. Thread-safe.
 */
final class LibFuseCallbacks extends FuseStubFS {

  /** flag_nullpath_ok, flag_nopath and flag_utime_omit_ok of struct fuse_operations. */
  private static final byte FLAGS = 0b111;

  /** Of {@code writepage} in struct fuse_file_info, for which jnr-fuse has no field. */
  private static final int WRITE_PAGE_OFFSET = 16;

  private static final int FLAGS_AT = 38 * Long.BYTES; // after that many functions

  private static final int FILE_INFO_BITS = 20; // their offset in struct fuse_file_info
  private static final byte DIRECT_IO = 1;
  private static final int PERMISSIONS = 0xfff;
  private static final int NO_UMASK = 0; // the kernel has applied it

  private final Vfs vfs;
  private final Calls calls;
  private final OpenFiles open;
  private final Paths paths;
  private final NameCalls names;
  private final XattrCalls xattrs;
  private final CountDownLatch started = new CountDownLatch(1);

  /**
   * Loads libfuse.
   *
   * @throws LinkageError if it is not installed
   */
  LibFuseCallbacks(Vfs vfs, Calls calls) {
    this.vfs = vfs;
    this.calls = calls;
    open = new OpenFiles(vfs);
    paths = new Paths(vfs, open);
    names = new NameCalls(vfs, calls, open, paths);
    xattrs = new XattrCalls(vfs, calls, paths);
    Struct.getMemory(fuseOperations).putByte(FLAGS_AT, FLAGS);
  }

  /** Runs libfuse's main function; returns its result when the kernel has unmounted. */
  int serve(String... arguments) {
    // not mount(): its shutdown hook would unmount whatever is mounted at that place by then
    return libFuse.fuse_main_real(
        arguments.length, arguments, fuseOperations, Struct.size(fuseOperations), null);
  }

  boolean isStarted() {
    return started.getCount() == 0;
  }

  @Override
  public @Nullable Pointer init(Pointer connection) {
    started.countDown();
    return null;
  }

  private Caller caller() {
    FuseContext context = libFuse.fuse_get_context();
    return new Caller(context.uid.intValue(), context.gid.intValue(), context.pid.intValue());
  }

  // names

  @Override
  public int mknod(String path, long mode, long device) {
    return names.makeNode(caller(), path, (int) mode, (int) device);
  }

  @Override
  public int mkdir(String path, long mode) {
    return names.makeDirectory(caller(), path, (int) mode);
  }

  @Override
  public int symlink(String target, String path) {
    return names.makeSymlink(caller(), target, path);
  }

  @Override
  public int link(String path, String newPath) {
    return names.link(caller(), path, newPath);
  }

  @Override
  public int readlink(String path, Pointer buffer, long size) {
    return names.readSymlink(caller(), path, buffer, size);
  }

  @Override
  public int unlink(String path) {
    return names.unlink(caller(), path);
  }

  @Override
  public int rmdir(String path) {
    return names.removeDirectory(caller(), path);
  }

  @Override
  public int rename(String path, String newPath) {
    return names.rename(caller(), path, newPath);
  }

  // attributes

  @Override
  public int getattr(String path, FileStat stat) {
    Caller caller = caller();
    return calls.run(
        "getattr",
        () -> {
          try (Held file = paths.find(caller, path)) {
            return vfs.getAttributes(file.inode(), 0).attributes();
          }
        },
        found -> answer(stat, found));
  }

  @Override
  public int fgetattr(@Nullable String path, FileStat stat, FuseFileInfo info) {
    long handle = info.fh.longValue();
    return calls.run(
        "fgetattr",
        () -> vfs.getAttributes(open.inode(handle), handle).attributes(),
        found -> answer(stat, found));
  }

  private static int answer(FileStat stat, Attributes found) {
    StatCodec.put(stat, found);
    return 0;
  }

  @Override
  public int chmod(String path, long mode) {
    return change(path, null, change((int) mode & PERMISSIONS, null, null, null, null, null));
  }

  @Override
  public int chown(String path, long uid, long gid) {
    return change(path, null, change(null, owner(uid), owner(gid), null, null, null));
  }

  /** An owner of chown(2), in 32 bits; null if it is to stay. */
  private static @Nullable Integer owner(long id) {
    return (int) id == -1 ? null : (Integer) (int) id;
  }

  @Override
  public int utimens(String path, Timespec[] times) {
    Time atime = StatCodec.time(times[0]);
    Time mtime = StatCodec.time(times[1]);
    return change(path, null, change(null, null, null, null, atime, mtime));
  }

  @Override
  public int truncate(String path, long size) {
    return change(path, null, change(null, null, null, size, null, null));
  }

  @Override
  public int ftruncate(@Nullable String path, long size, FuseFileInfo info) {
    return change(path, info.fh.longValue(), change(null, null, null, size, null, null));
  }

  /** The kernel says by itself what is to happen to set-user-id and set-group-id. */
  private static AttributeChange change(
      @Nullable Integer permissions,
      @Nullable Integer uid,
      @Nullable Integer gid,
      @Nullable Long size,
      @Nullable Time atime,
      @Nullable Time mtime) {
    return new AttributeChange(permissions, uid, gid, size, atime, mtime, null, false);
  }

  private int change(@Nullable String path, @Nullable Long handle, AttributeChange change) {
    Caller caller = caller();
    return calls.run(
        "setattr",
        () -> {
          if (handle != null) {
            vfs.setAttributes(caller, open.inode(handle), change, handle);
          } else if (path != null) {
            try (Held file = paths.find(caller, path)) {
              vfs.setAttributes(caller, file.inode(), change, 0);
            }
          }
        });
  }

  @Override
  public int access(String path, int mask) {
    Caller caller = caller();
    return calls.run(
        "access",
        () -> {
          try (Held file = paths.find(caller, path)) {
            vfs.access(caller, file.inode(), mask);
          }
        });
  }

  @Override
  public int statfs(String path, Statvfs out) {
    return calls.run(
        "statfs",
        vfs::status,
        status -> {
          StatCodec.put(out, status);
          return 0;
        });
  }

  // open files

  @Override
  public int create(String path, long mode, FuseFileInfo info) {
    Caller caller = caller();
    int flags = info.flags.get();
    return calls.run(
        "create",
        () -> {
          try (Paths.Place at = paths.place(caller, path)) {
            Created created =
                vfs.create(
                    caller,
                    at.parent().inode(),
                    at.name(),
                    (int) mode,
                    NO_UMASK,
                    OpenCodec.flags(flags));
            open.opened(created.opened().handle(), created.entry().attributes().inode());
            return created.opened();
          }
        },
        opened -> answer(info, opened, false));
  }

  /** What an open file is, and whether it has more names than one. */
  private record OpenedFile(Opened opened, boolean linked) {}

  @Override
  public int open(String path, FuseFileInfo info) {
    Caller caller = caller();
    int flags = info.flags.get();
    return calls.run(
        "open",
        () -> {
          try (Held file = paths.find(caller, path)) {
            boolean linked = vfs.getAttributes(file.inode(), 0).attributes().links() > 1;
            Opened opened = vfs.open(caller, file.inode(), OpenCodec.flags(flags));
            open.opened(opened.handle(), file.give());
            return new OpenedFile(opened, linked);
          }
        },
        file -> answer(info, file.opened(), file.linked()));
  }

  /**
   * @param linked the file has other names, under which the kernel would cache it again
   */
  private static int answer(FuseFileInfo info, Opened opened, boolean linked) {
    info.fh.set(opened.handle());
    if (opened.direct() || linked) {
      Pointer memory = Struct.getMemory(info);
      memory.putByte(FILE_INFO_BITS, (byte) (memory.getByte(FILE_INFO_BITS) | DIRECT_IO));
    }
    return 0;
  }

  /** The first bytes of an array. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Data(byte[] bytes, int length) {}

  @Override
  public int read(
      @Nullable String path, Pointer buffer, long size, long offset, FuseFileInfo info) {
    long handle = info.fh.longValue();
    return calls.run(
        "read",
        () -> {
          byte[] data = new byte[(int) size];
          return new Data(data, vfs.read(handle, offset, ByteBuffer.wrap(data)));
        },
        read -> {
          buffer.put(0, read.bytes(), 0, read.length());
          return read.length();
        });
  }

  @Override
  public int write(
      @Nullable String path, Pointer buffer, long size, long offset, FuseFileInfo info) {
    Caller caller = caller();
    long handle = info.fh.longValue();
    boolean mapped = Struct.getMemory(info).getInt(WRITE_PAGE_OFFSET) != 0;
    Vfs.WriteMode mode = mapped ? Vfs.WriteMode.PAGE_CACHE : Vfs.WriteMode.PROGRAM;
    byte[] data = new byte[(int) size];
    buffer.get(0, data, 0, data.length);
    return calls.run(
        "write",
        () -> vfs.write(caller, handle, offset, ByteBuffer.wrap(data), mode),
        written -> written);
  }

  @Override
  public int flush(@Nullable String path, FuseFileInfo info) {
    long handle = info.fh.longValue();
    long owner = info.lock_owner.longValue();
    return calls.run("flush", () -> vfs.flush(handle, owner));
  }

  @Override
  public int release(@Nullable String path, FuseFileInfo info) {
    long handle = info.fh.longValue();
    long owner = info.lock_owner.longValue();
    return calls.run(
        "release",
        () -> {
          vfs.release(handle, owner);
          open.closed(handle);
        });
  }

  @Override
  public int fsync(@Nullable String path, int dataOnly, FuseFileInfo info) {
    long handle = info.fh.longValue();
    return calls.run("fsync", () -> vfs.fsync(handle, dataOnly != 0));
  }

  @Override
  public int fallocate(
      @Nullable String path, int mode, long offset, long length, FuseFileInfo info) {
    long handle = info.fh.longValue();
    return calls.run(
        "fallocate", () -> vfs.allocate(handle, CallFlags.allocate(mode), offset, length));
  }

  // directories

  @Override
  public int opendir(String path, FuseFileInfo info) {
    Caller caller = caller();
    return calls.run(
        "opendir",
        () -> {
          try (Held directory = paths.find(caller, path)) {
            return vfs.openDirectory(caller, directory.inode());
          }
        },
        opened -> {
          info.fh.set(opened.handle());
          return 0;
        });
  }

  @Override
  public int readdir(
      @Nullable String path, Pointer buffer, FuseFillDir filler, long offset, FuseFileInfo info) {
    long handle = info.fh.longValue();
    return calls.run(
        "readdir",
        () -> {
          ListingPart part = new ListingPart();
          vfs.readDirectory(handle, offset, false, part);
          return part;
        },
        part -> {
          part.fill(filler, buffer, new FileStat(Runtime.getSystemRuntime()));
          return 0;
        });
  }

  @Override
  public int releasedir(@Nullable String path, FuseFileInfo info) {
    long handle = info.fh.longValue();
    return calls.run("releasedir", () -> vfs.releaseDirectory(handle));
  }

  /** jnr-fuse mistakes the flag for the handle here, so that neither can be had: all is synced. */
  @Override
  public int fsyncdir(@Nullable String path, @Nullable FuseFileInfo unusable) {
    return calls.run("fsyncdir", vfs::syncAll);
  }

  // extended attributes

  @Override
  public int setxattr(String path, String name, Pointer value, long size, int flags) {
    return xattrs.set(caller(), path, name, value, size, flags);
  }

  @Override
  public int getxattr(String path, String name, Pointer value, long size) {
    return xattrs.get(caller(), path, name, value, size);
  }

  @Override
  public int listxattr(String path, Pointer list, long size) {
    return xattrs.list(caller(), path, list, size);
  }

  @Override
  public int removexattr(String path, String name) {
    return xattrs.remove(caller(), path, name);
  }
}
