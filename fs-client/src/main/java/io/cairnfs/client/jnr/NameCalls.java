package io.cairnfs.client.jnr;

import io.cairnfs.client.vfs.Caller;
import io.cairnfs.client.vfs.Entry;
import io.cairnfs.client.vfs.Vfs;
import io.cairnfs.client.vfs.VfsException;
import jnr.ffi.Pointer;

/** Calls about names; each gives what libfuse is answered. Thread-safe. */
final class NameCalls {

  private static final int NO_UMASK = 0; // the kernel has applied it

  private final Vfs vfs;
  private final Calls calls;
  private final OpenFiles open;
  private final Paths paths;

  NameCalls(Vfs vfs, Calls calls, OpenFiles open, Paths paths) {
    this.vfs = vfs;
    this.calls = calls;
    this.open = open;
    this.paths = paths;
  }

  int makeNode(Caller caller, String path, int mode, int device) {
    return calls.run(
        "mknod",
        () -> {
          try (Paths.Place at = paths.place(caller, path)) {
            long inode = at.parent().inode();
            forget(vfs.makeNode(caller, inode, at.name(), mode, NO_UMASK, device));
          }
        });
  }

  int makeDirectory(Caller caller, String path, int mode) {
    return calls.run(
        "mkdir",
        () -> {
          try (Paths.Place at = paths.place(caller, path)) {
            long inode = at.parent().inode();
            forget(vfs.makeDirectory(caller, inode, at.name(), mode, NO_UMASK));
          }
        });
  }

  int makeSymlink(Caller caller, String target, String path) {
    return calls.run(
        "symlink",
        () -> {
          try (Paths.Place at = paths.place(caller, path)) {
            byte[] bytes = Paths.bytes(target);
            forget(vfs.makeSymlink(caller, at.parent().inode(), at.name(), bytes));
          }
        });
  }

  int link(Caller caller, String path, String newPath) {
    return calls.run(
        "link",
        () -> {
          try (Held linked = paths.find(caller, path);
              Paths.Place at = paths.place(caller, newPath)) {
            forget(vfs.link(caller, linked.inode(), at.parent().inode(), at.name()));
          }
        });
  }

  private void forget(Entry entry) {
    vfs.forget(entry.attributes().inode(), 1);
  }

  int readSymlink(Caller caller, String path, Pointer buffer, long size) {
    return calls.run(
        "readlink",
        () -> {
          try (Held link = paths.find(caller, path)) {
            return vfs.readSymlink(link.inode());
          }
        },
        target -> {
          int length = (int) Math.min(target.length, size - 1);
          buffer.put(0, target, 0, length);
          buffer.putByte(length, (byte) 0);
          return 0;
        });
  }

  int unlink(Caller caller, String path) {
    return calls.run(
        "unlink",
        () -> {
          try (Paths.Place at = paths.place(caller, path)) {
            vfs.unlink(caller, at.parent().inode(), at.name());
          }
        });
  }

  int removeDirectory(Caller caller, String path) {
    return calls.run(
        "rmdir",
        () -> {
          try (Paths.Place at = paths.place(caller, path)) {
            vfs.removeDirectory(caller, at.parent().inode(), at.name());
          }
        });
  }

  int rename(Caller caller, String path, String newPath) {
    return calls.run("rename", () -> doRename(caller, path, newPath));
  }

  private void doRename(Caller caller, String path, String newPath)
      throws VfsException, InterruptedException {
    try (Paths.Place from = paths.place(caller, path);
        Paths.Place to = paths.place(caller, newPath)) {
      String unnamed = Unnamed.of(newPath);
      if (unnamed != null && Unnamed.sameDirectory(path, newPath)) {
        try (Held file = paths.find(caller, path)) {
          if (open.isHiding(file.inode(), unnamed)) {
            vfs.unlink(caller, from.parent().inode(), from.name());
            open.removed(file.inode(), unnamed);
            return;
          }
        }
      }
      vfs.rename(
          caller,
          from.parent().inode(),
          from.name(),
          to.parent().inode(),
          to.name(),
          Vfs.RenameMode.REPLACE);
    }
  }
}
