package io.cairnfs.client.vfs;

import io.cairnfs.client.namespace.TimesChange;
import io.cairnfs.client.namespace.Transaction;
import io.cairnfs.client.vfs.Vfs.XattrMode;
import java.util.List;

/** Extended attributes, access lists among them; who may use which is the kernel's to check. */
final class Xattrs {

  /** Linux's XATTR_NAME_MAX. */
  static final int MAX_NAME_BYTES = 255;

  /** Linux's XATTR_SIZE_MAX. */
  static final int MAX_VALUE_BYTES = 65_536;

  /** How names begin. */
  private static final List<String> PREFIXES = List.of("user.", "trusted.", "security.");

  private final SessionNamespace namespace;
  private final Clock clock;

  Xattrs(SessionNamespace namespace, Clock clock) {
    this.namespace = namespace;
    this.clock = clock;
  }

  void set(long inode, String name, byte[] value, XattrMode mode, boolean killSetGroupId)
      throws VfsException, InterruptedException {
    checkName(name);
    if (AccessLists.isName(name)) {
      AccessList list = AccessList.parse(value);
      namespace.change(
          tx -> {
            AccessLists.set(tx, inode, name, list, killSetGroupId, clock.nanos());
          });
      return;
    }
    if (value.length > MAX_VALUE_BYTES) {
      throw new VfsException(Failure.OUT_OF_RANGE);
    }
    byte[] kept = value.clone();
    namespace.change(
        tx -> {
          set(tx, inode, name, kept, mode, clock.nanos());
        });
  }

  byte[] get(long inode, String name) throws VfsException, InterruptedException {
    checkName(name);
    return namespace.read(
        view -> {
          byte[] found = view.xattr(inode, name);
          if (found == null) {
            throw new VfsException(Failure.NO_SUCH_ATTRIBUTE);
          }
          return found;
        });
  }

  List<String> list(long inode) throws VfsException, InterruptedException {
    return namespace.read(view -> view.xattrs(inode));
  }

  void remove(long inode, String name) throws VfsException, InterruptedException {
    checkName(name);
    namespace.change(
        tx -> {
          if (AccessLists.isName(name)) {
            AccessLists.set(tx, inode, name, AccessList.NONE, false, clock.nanos());
          } else {
            remove(tx, inode, name, clock.nanos());
          }
        });
  }

  private static void checkName(String name) throws VfsException {
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

  private static void set(
      Transaction tx, long number, String name, byte[] value, XattrMode mode, long now)
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

  private static void remove(Transaction tx, long number, String name, long now)
      throws VfsException {
    Inodes.inode(tx, number);
    if (tx.xattr(number, name) == null) {
      throw new VfsException(Failure.NO_SUCH_ATTRIBUTE);
    }
    tx.deleteXattr(number, name);
    tx.changeTimes(number, TimesChange.changed(now));
  }
}
