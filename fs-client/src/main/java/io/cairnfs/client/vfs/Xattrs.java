package io.cairnfs.client.vfs;

import io.cairnfs.client.namespace.TimesChange;
import io.cairnfs.client.namespace.Transaction;
import io.cairnfs.client.vfs.Vfs.XattrMode;
import java.util.List;

/** Extended attributes, as transactions. Stateless. */
final class Xattrs {

  /** Linux's XATTR_NAME_MAX. */
  static final int MAX_NAME_BYTES = 255;

  /** Linux's XATTR_SIZE_MAX. */
  static final int MAX_VALUE_BYTES = 65_536;

  /** How names begin; who may use which is the kernel's to check. */
  private static final List<String> PREFIXES = List.of("user.", "trusted.", "security.");

  private Xattrs() {}

  static void checkName(String name) throws VfsException {
    if (!AccessLists.isName(name) && PREFIXES.stream().noneMatch(name::startsWith)) {
      throw new VfsException(Failure.NOT_SUPPORTED);
    }
    if (PREFIXES.contains(name)) {
      throw new VfsException(Failure.INVALID);
    }
    if (name.length() > MAX_NAME_BYTES) {
      throw new VfsException(Failure.OUT_OF_RANGE);
    }
  }

  static void set(Transaction tx, long number, String name, byte[] value, XattrMode mode, long now)
      throws VfsException {
    Inodes.inode(tx, number);
    boolean exists = tx.xattr(number, name) != null;
    if (exists && mode == XattrMode.CREATE) {
      throw new VfsException(Failure.EXISTS);
    }
    if (!exists && mode == XattrMode.REPLACE) {
      throw new VfsException(Failure.NO_SUCH_ATTRIBUTE);
    }
    tx.putXattr(number, name, value);
    tx.changeTimes(number, TimesChange.changed(now));
  }

  static void remove(Transaction tx, long number, String name, long now) throws VfsException {
    Inodes.inode(tx, number);
    if (tx.xattr(number, name) == null) {
      throw new VfsException(Failure.NO_SUCH_ATTRIBUTE);
    }
    tx.deleteXattr(number, name);
    tx.changeTimes(number, TimesChange.changed(now));
  }
}
