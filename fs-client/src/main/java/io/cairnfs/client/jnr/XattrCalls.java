package io.cairnfs.client.jnr;

import io.cairnfs.client.fuse.linux.Errno;
import io.cairnfs.client.fuse.protocol.CallFlags;
import io.cairnfs.client.vfs.Caller;
import io.cairnfs.client.vfs.Failure;
import io.cairnfs.client.vfs.Vfs;
import io.cairnfs.client.vfs.VfsException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import jnr.ffi.Pointer;

/** Calls about extended attributes; each gives what libfuse is answered. Thread-safe. */
final class XattrCalls {

  private static final String ACCESS_LISTS = "system.posix_acl_";

  private final Vfs vfs;
  private final Calls calls;
  private final Paths paths;

  XattrCalls(Vfs vfs, Calls calls, Paths paths) {
    this.vfs = vfs;
    this.calls = calls;
    this.paths = paths;
  }

  int set(Caller caller, String path, String name, Pointer value, long size, int flags) {
    byte[] bytes = new byte[(int) size];
    if (bytes.length > 0) {
      value.get(0, bytes, 0, bytes.length);
    }
    return calls.run(
        "setxattr",
        () -> {
          try (Held file = paths.find(caller, path)) {
            String text = xattrName(name);
            vfs.setXattr(caller, file.inode(), text, bytes, CallFlags.xattr(flags), false);
          }
        });
  }

  int get(Caller caller, String path, String name, Pointer value, long size) {
    return calls.run(
        "getxattr",
        () -> {
          try (Held file = paths.find(caller, path)) {
            return vfs.getXattr(caller, file.inode(), xattrName(name));
          }
        },
        found -> answer(value, size, found));
  }

  int list(Caller caller, String path, Pointer list, long size) {
    return calls.run(
        "listxattr",
        () -> {
          try (Held file = paths.find(caller, path)) {
            return joined(vfs.listXattrs(caller, file.inode()));
          }
        },
        found -> answer(list, size, found));
  }

  private static byte[] joined(List<String> names) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (String name : names) {
      out.writeBytes(name.getBytes(StandardCharsets.ISO_8859_1));
      out.write(0);
    }
    return out.toByteArray();
  }

  /**
   * A name as the file system has it. Access lists are refused: through libfuse 2 the kernel would
   * not check them.
   */
  private static String xattrName(String name) throws VfsException {
    if (name.startsWith(ACCESS_LISTS)) {
      throw new VfsException(Failure.NOT_SUPPORTED);
    }
    return new String(Paths.bytes(name), StandardCharsets.ISO_8859_1);
  }

  /** A size of 0 asks for the size; else the value must fit into it. */
  private static int answer(Pointer out, long size, byte[] value) {
    if (size == 0) {
      return value.length;
    }
    if (value.length > size) {
      return -Errno.ERANGE;
    }
    out.put(0, value, 0, value.length);
    return value.length;
  }

  int remove(Caller caller, String path, String name) {
    return calls.run(
        "removexattr",
        () -> {
          try (Held file = paths.find(caller, path)) {
            vfs.removeXattr(caller, file.inode(), xattrName(name));
          }
        });
  }
}
