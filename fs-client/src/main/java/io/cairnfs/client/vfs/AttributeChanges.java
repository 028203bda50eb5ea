package io.cairnfs.client.vfs;

import io.cairnfs.client.namespace.FileType;
import io.cairnfs.client.namespace.Inode;
import io.cairnfs.client.namespace.TimesChange;
import io.cairnfs.client.namespace.Transaction;
import org.jspecify.annotations.Nullable;

/**
 * Changes of attributes other than size, as transactions: what chmod(2), chown(2) and utimensat(2)
 * say. Stateless.
 */
final class AttributeChanges {

  private static final int SET_UID = 04000;
  private static final int SET_GID = 02000;
  private static final int GROUP_EXECUTE = 00010;

  private AttributeChanges() {}

  static void apply(Transaction tx, long number, AttributeChange change, long now)
      throws VfsException {
    Inode before = Inodes.inode(tx, number);
    Inode after = changed(before, change);
    if (!after.equals(before)) {
      tx.putInode(number, after);
    }
    if (change.permissions() != null) {
      AccessLists.changeMode(tx, number, after.permissions());
    }
    TimesChange times =
        TimesChange.changed(change.ctimeNanos() == null ? now : change.ctimeNanos());
    Long atime = nanos(change.atime(), now);
    if (atime != null) {
      times = times.settingAtime(atime);
    }
    Long mtime = nanos(change.mtime(), now);
    if (mtime != null) {
      times = times.settingMtime(mtime);
    }
    tx.changeTimes(number, times);
  }

  private static Inode changed(Inode before, AttributeChange change) {
    Inode after = before;
    if (change.permissions() != null) {
      after = after.withPermissions(change.permissions());
    }
    if (change.uid() != null || change.gid() != null) {
      after =
          after.withOwner(
              change.uid() == null ? after.uid() : change.uid(),
              change.gid() == null ? after.gid() : change.gid());
      after = withoutPrivileges(after);
    }
    return change.killPrivileges() ? withoutPrivileges(after) : after;
  }

  /** Clears set-user-ID, and set-group-ID where it means execution, of anything but a directory. */
  static Inode withoutPrivileges(Inode inode) {
    if (inode.type() == FileType.DIRECTORY || (inode.permissions() & (SET_UID | SET_GID)) == 0) {
      return inode;
    }
    int permissions = inode.permissions() & ~SET_UID;
    if ((permissions & GROUP_EXECUTE) != 0) {
      permissions &= ~SET_GID;
    }
    return inode.withPermissions(permissions);
  }

  private static @Nullable Long nanos(AttributeChange.@Nullable Time time, long now) {
    return switch (time) {
      case null -> null;
      case AttributeChange.Time.Now() -> (Long) now;
      case AttributeChange.Time.At(long nanos) -> (Long) nanos;
    };
  }
}
