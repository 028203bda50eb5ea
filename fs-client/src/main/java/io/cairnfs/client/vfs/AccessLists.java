package io.cairnfs.client.vfs;

import io.cairnfs.client.namespace.FileType;
import io.cairnfs.client.namespace.Inode;
import io.cairnfs.client.namespace.NamespaceView;
import io.cairnfs.client.namespace.TimesChange;
import io.cairnfs.client.namespace.Transaction;
import org.jspecify.annotations.Nullable;

/**
 * Access control lists of inodes, as transactions. They are extended attributes that change with
 * the mode and change it, as on other file systems of Linux. Whom they let in is the kernel's to
 * check. Stateless.
 */
final class AccessLists {

  /** Says who may do what with an inode; absent where the mode says as much. */
  static final String ACCESS = "system.posix_acl_access";

  /** Of a directory: what new entries get. */
  static final String DEFAULT = "system.posix_acl_default";

  private static final int SET_GID = 02000;

  private AccessLists() {}

  static boolean isName(String name) {
    return name.equals(ACCESS) || name.equals(DEFAULT);
  }

  /**
   * Sets a list; an empty one removes what there is.
   *
   * @param killSetGroupId clear set-group-ID with a new access list, for a caller outside the group
   */
  static void set(
      Transaction tx, long number, String name, AccessList list, boolean killSetGroupId, long now)
      throws VfsException {
    Inode inode = Inodes.inode(tx, number);
    if (inode.type() == FileType.SYMLINK) {
      throw new VfsException(Failure.NOT_SUPPORTED);
    }
    if (name.equals(DEFAULT)) {
      if (inode.type() != FileType.DIRECTORY && !list.isEmpty()) {
        throw new VfsException(Failure.ACCESS_DENIED);
      }
      put(tx, number, DEFAULT, list.isEmpty() ? null : list);
    } else if (list.isEmpty()) {
      put(tx, number, ACCESS, null);
    } else {
      int mode = list.in(inode.permissions());
      tx.putInode(number, inode.withPermissions(killSetGroupId ? mode & ~SET_GID : mode));
      put(tx, number, ACCESS, list.isMode() ? null : list);
    }
    tx.changeTimes(number, TimesChange.changed(now));
  }

  /** Follows a change of the mode. */
  static void changeMode(Transaction tx, long number, int mode) throws VfsException {
    AccessList list = find(tx, number, ACCESS);
    if (list != null) {
      put(tx, number, ACCESS, list.changedTo(mode));
    }
  }

  /**
   * Gives a new inode the lists that it inherits.
   *
   * @param mode low 12 bits, the umask not applied yet
   * @return the mode with the umask or, where there is a default list, with that in its place
   */
  static int inherit(
      Transaction tx, long directory, long number, FileType type, int mode, int umask)
      throws VfsException {
    if (type == FileType.SYMLINK) {
      return mode;
    }
    AccessList inherited = find(tx, directory, DEFAULT);
    if (inherited == null) {
      return mode & ~umask;
    }
    AccessList list = inherited.inheritedBy(mode);
    if (!list.isMode()) {
      put(tx, number, ACCESS, list);
    }
    if (type == FileType.DIRECTORY) {
      put(tx, number, DEFAULT, inherited);
    }
    return list.in(mode);
  }

  private static @Nullable AccessList find(NamespaceView view, long number, String name)
      throws VfsException {
    byte[] value = view.xattr(number, name);
    return value == null ? null : AccessList.parse(value);
  }

  private static void put(Transaction tx, long number, String name, @Nullable AccessList list) {
    if (list != null) {
      tx.putXattr(number, name, list.toBytes());
    } else if (tx.xattr(number, name) != null) {
      tx.deleteXattr(number, name);
    }
  }
}
