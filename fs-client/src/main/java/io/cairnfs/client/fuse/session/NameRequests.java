package io.cairnfs.client.fuse.session;

import static io.cairnfs.client.fuse.protocol.Request.BODY;

import io.cairnfs.client.fuse.protocol.AttributeCodec;
import io.cairnfs.client.fuse.protocol.OpenCodec;
import io.cairnfs.client.fuse.protocol.Request;
import io.cairnfs.client.vfs.Created;
import io.cairnfs.client.vfs.Entry;
import io.cairnfs.client.vfs.Failure;
import io.cairnfs.client.vfs.Vfs;
import io.cairnfs.client.vfs.Vfs.RenameMode;
import io.cairnfs.client.vfs.VfsException;

/**
 * Requests about names. Each method answers in the request's buffer and returns the body's length.
 */
final class NameRequests {

  private static final int RENAME_NOREPLACE = 1;
  private static final int RENAME_EXCHANGE = 2;

  private final Vfs vfs;
  private final DirectoryAttributes directories;

  NameRequests(Vfs vfs, DirectoryAttributes directories) {
    this.vfs = vfs;
    this.directories = directories;
  }

  int lookup(Request r) throws VfsException, InterruptedException {
    long before = directories.beforeReading();
    return answer(r, directories.answer(r, vfs.lookup(r.caller(), r.node(), r.name(0)), before));
  }

  void forget(Request r) {
    vfs.forget(r.node(), r.int64(0));
  }

  /** struct fuse_batch_forget_in, then struct fuse_forget_one for each inode. */
  void forgetBatch(Request r) {
    int count = r.int32(0);
    for (int i = 0; i < count; i++) {
      int one = 8 + 16 * i;
      vfs.forget(r.int64(one), r.int64(one + 8));
    }
  }

  /** struct fuse_mknod_in: mode, rdev, umask. */
  int makeNode(Request r) throws VfsException, InterruptedException {
    return answerNew(
        r, vfs.makeNode(r.caller(), r.node(), r.name(16), r.int32(0), r.int32(8), r.int32(4)));
  }

  /** struct fuse_mkdir_in: mode, umask. */
  int makeDirectory(Request r) throws VfsException, InterruptedException {
    return answerNew(r, vfs.makeDirectory(r.caller(), r.node(), r.name(8), r.int32(0), r.int32(4)));
  }

  /** The new name, then the target. */
  int makeSymlink(Request r) throws VfsException, InterruptedException {
    byte[] name = r.name(0);
    return answerNew(r, vfs.makeSymlink(r.caller(), r.node(), name, r.name(name.length + 1)));
  }

  int readSymlink(Request r) throws VfsException, InterruptedException {
    byte[] target = vfs.readSymlink(r.node());
    r.out().put(BODY, target);
    return target.length;
  }

  int unlink(Request r) throws VfsException, InterruptedException {
    vfs.unlink(r.caller(), r.node(), r.name(0));
    directories.changed(r, r.node());
    return 0;
  }

  int removeDirectory(Request r) throws VfsException, InterruptedException {
    vfs.removeDirectory(r.caller(), r.node(), r.name(0));
    directories.changed(r, r.node());
    return 0;
  }

  /** struct fuse_rename_in: the new parent. */
  int rename(Request r) throws VfsException, InterruptedException {
    return rename(r, 8, RenameMode.REPLACE);
  }

  /** struct fuse_rename2_in: the new parent, flags. */
  int renameWithFlags(Request r) throws VfsException, InterruptedException {
    RenameMode mode =
        switch (r.int32(8)) {
          case 0 -> RenameMode.REPLACE;
          case RENAME_NOREPLACE -> RenameMode.NO_REPLACE;
          case RENAME_EXCHANGE -> RenameMode.EXCHANGE;
          default -> throw new VfsException(Failure.INVALID); // RENAME_WHITEOUT among them
        };
    return rename(r, 16, mode);
  }

  private int rename(Request r, int names, RenameMode mode)
      throws VfsException, InterruptedException {
    byte[] name = r.name(names);
    byte[] newName = r.name(names + name.length + 1);
    long newParent = r.int64(0);
    vfs.rename(r.caller(), r.node(), name, newParent, newName, mode);
    directories.changed(r, r.node());
    if (newParent != r.node()) {
      directories.changed(r, newParent);
    }
    return 0;
  }

  /** struct fuse_link_in: the inode; the request's node is the new parent. */
  int link(Request r) throws VfsException, InterruptedException {
    return answerNew(r, vfs.link(r.caller(), r.int64(0), r.node(), r.name(8)));
  }

  /** struct fuse_create_in: flags, mode, umask. */
  int create(Request r) throws VfsException, InterruptedException {
    Created created =
        vfs.create(
            r.caller(), r.node(), r.name(16), r.int32(4), r.int32(8), OpenCodec.flags(r.int32(0)));
    directories.changed(r, r.node());
    return answer(r, created);
  }

  /** struct fuse_create_in likewise; the name that follows means nothing. */
  int createUnnamed(Request r) throws VfsException, InterruptedException {
    return answer(
        r,
        vfs.createUnnamed(
            r.caller(), r.node(), r.int32(4), r.int32(8), OpenCodec.flags(r.int32(0))));
  }

  /** An entry whose name was made in the request's directory. */
  private int answerNew(Request r, Entry entry) {
    directories.changed(r, r.node());
    return answer(r, entry);
  }

  private static int answer(Request r, Entry entry) {
    return AttributeCodec.putEntry(r.out(), BODY, entry);
  }

  private static int answer(Request r, Created created) {
    int entry = AttributeCodec.putEntry(r.out(), BODY, created.entry());
    return entry + OpenCodec.putFile(r.out(), BODY + entry, created.opened());
  }
}
