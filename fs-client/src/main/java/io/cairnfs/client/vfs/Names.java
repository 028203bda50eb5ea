package io.cairnfs.client.vfs;

import io.cairnfs.client.namespace.DirectoryEntry;
import io.cairnfs.client.namespace.FileType;
import io.cairnfs.client.namespace.Inode;
import io.cairnfs.client.namespace.InodeTimes;
import io.cairnfs.client.namespace.Name;
import io.cairnfs.client.namespace.NamespaceView;
import io.cairnfs.client.namespace.ParentLink;
import io.cairnfs.client.namespace.TimesChange;
import io.cairnfs.client.namespace.Transaction;
import io.cairnfs.protocol.head.SessionId;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Operations on names, as transactions: what POSIX says of each, and nothing of what is open.
 * Stateless; every method runs inside a transaction and may run again.
 */
final class Names {

  /** Set-group-ID: in a directory, new entries take its group. */
  private static final int SET_GID = 02000;

  /** Depth at which a chain of parents must be a loop: no path of PATH_MAX bytes is deeper. */
  private static final int MAX_DEPTH = 1 << 20;

  private Names() {}

  /**
   * An inode to be made.
   *
   * @param permissions the low 12 bits of the mode that was asked for
   * @param umask what of that not to give, unless a default access list says it
   */
  @SuppressWarnings("ArrayRecordComponent") // compared nowhere
  record NewInode(
      Caller owner, FileType type, int permissions, int umask, int device, byte[] target) {}

  /**
   * What removing a name did to the inode that it named.
   *
   * @param lastLink whether it has no name any more
   * @param kept whether it lives on without one, because it is, or may be, open
   */
  record Removed(long inode, boolean lastLink, boolean kept) {}

  static DirectoryEntry find(NamespaceView view, long directory, Name name) throws VfsException {
    Inodes.directory(view, directory);
    DirectoryEntry entry = view.lookup(directory, name);
    if (entry == null) {
      throw new VfsException(Failure.NOT_FOUND);
    }
    return entry;
  }

  /** Whether a name is "." or "..". */
  static boolean isDots(byte[] name) {
    return name.length <= 2 && name.length > 0 && name[0] == '.' && name[name.length - 1] == '.';
  }

  /**
   * The inode itself for ".", its parent for "..".
   *
   * @throws VfsException {@code STALE} if it has no name any more; {@code NOT_A_DIRECTORY}
   */
  static long findDots(NamespaceView view, long number, byte[] name) throws VfsException {
    Inode inode = Inodes.inode(view, number);
    if (inode.type() != FileType.DIRECTORY && inode.links() == 0) {
      throw new VfsException(Failure.STALE);
    }
    if (name.length == 1) {
      return number;
    }
    Inodes.directory(view, number);
    ParentLink link = view.parent(number);
    return link == null ? number : link.parent();
  }

  /** Makes an inode and its name; the name must be free. */
  static Attributes create(Transaction tx, long parent, Name name, NewInode fresh, long now)
      throws VfsException {
    Inodes.directory(tx, parent);
    if (tx.lookup(parent, name) != null) {
      throw new VfsException(Failure.EXISTS);
    }
    long number = tx.newInode();
    Attributes made = make(tx, number, parent, name, fresh, now);
    boolean isDirectory = fresh.type() == FileType.DIRECTORY;
    tx.putEntry(parent, name, number, fresh.type());
    if (isDirectory) {
      tx.putParent(number, parent, name);
    }
    tx.changeTimes(parent, TimesChange.modified(now).addingEntries(1, isDirectory ? 1 : 0));
    return made;
  }

  /** Makes a regular file without a name: an orphan until it is linked. */
  static Attributes createUnnamed(
      Transaction tx, long parent, NewInode fresh, @Nullable SessionId openedBy, long now)
      throws VfsException {
    long number = tx.newInode();
    Attributes made = make(tx, number, parent, null, fresh, now);
    putOrphan(tx, number, openedBy);
    return made;
  }

  /** While a session is alone, what it has open is its own affair. */
  private static void putOrphan(Transaction tx, long number, @Nullable SessionId openBy) {
    tx.putOrphan(number);
    if (openBy != null && tx.isShared()) {
      tx.putHolder(number, openBy);
    }
  }

  private static Attributes make(
      Transaction tx, long number, long parent, @Nullable Name name, NewInode fresh, long now)
      throws VfsException {
    Inode directory = Inodes.directory(tx, parent);
    int permissions =
        AccessLists.inherit(tx, parent, number, fresh.type(), fresh.permissions(), fresh.umask());
    boolean inheritsGroup = (directory.permissions() & SET_GID) != 0;
    boolean isDirectory = fresh.type() == FileType.DIRECTORY;
    Inode inode =
        new Inode(
            fresh.type(),
            permissions | (inheritsGroup && isDirectory ? SET_GID : 0),
            fresh.owner().uid(),
            inheritsGroup ? directory.gid() : fresh.owner().gid(),
            isDirectory || name == null ? 0 : 1,
            fresh.device(),
            now,
            fresh.target());
    InodeTimes times = new InodeTimes(now, now, now, 0, 0, 0);
    tx.putInode(number, name == null ? inode : inode.named(parent, name));
    tx.putTimes(number, times);
    return Inodes.attributes(number, inode, times);
  }

  /**
   * Gives an inode one more name. One that has lost its last name gets none again, even while it is
   * open: {@code NOT_FOUND}, as from link(2) on Linux, whose kernel can tell that only of what was
   * removed on the same mount.
   */
  static Attributes link(Transaction tx, long number, long newParent, Name newName, long now)
      throws VfsException {
    Inode inode = tx.inode(number);
    if (inode == null || (inode.links() == 0 && inode.wasNamed())) {
      throw new VfsException(Failure.NOT_FOUND);
    }
    Inodes.directory(tx, newParent);
    if (inode.type() == FileType.DIRECTORY) {
      throw new VfsException(Failure.NOT_PERMITTED);
    }
    if (inode.links() >= Inodes.MAX_LINKS) {
      throw new VfsException(Failure.TOO_MANY_LINKS);
    }
    if (tx.lookup(newParent, newName) != null) {
      throw new VfsException(Failure.EXISTS);
    }
    if (inode.links() == 0) {
      tx.deleteOrphan(number);
    }
    Inode linked = inode.withLinks(inode.links() + 1).named(newParent, newName);
    tx.putInode(number, linked);
    tx.putEntry(newParent, newName, number, inode.type());
    tx.changeTimes(number, TimesChange.changed(now));
    tx.changeTimes(newParent, TimesChange.modified(now).addingEntries(1, 0));
    tx.orderAfterContentOf(number);
    return Inodes.attributes(number, linked, Inodes.times(tx, number));
  }

  /**
   * Removes a name of anything but a directory.
   *
   * @param expected the inode that the caller looked up, whose state it holds
   * @param openBy this session if it has the inode open, so that it must outlive its last link
   */
  static Removed unlink(
      Transaction tx, long parent, Name name, long expected, @Nullable SessionId openBy, long now)
      throws VfsException {
    DirectoryEntry entry = find(tx, parent, name);
    if (entry.type() == FileType.DIRECTORY) {
      throw new VfsException(Failure.IS_A_DIRECTORY);
    }
    if (entry.inode() != expected) {
      throw new VfsException(Failure.TRY_AGAIN);
    }
    tx.deleteEntry(parent, name);
    tx.changeTimes(parent, TimesChange.modified(now).addingEntries(-1, 0));
    return dropLink(tx, expected, openBy, now);
  }

  private static Removed dropLink(Transaction tx, long number, @Nullable SessionId openBy, long now)
      throws VfsException {
    Inode inode = Inodes.inode(tx, number);
    int links = inode.links() - 1;
    if (links > 0) {
      tx.putInode(number, inode.withLinks(links));
      tx.changeTimes(number, TimesChange.changed(now));
      return new Removed(number, false, true);
    }
    boolean kept = openBy != null || tx.isShared();
    if (kept) {
      tx.putInode(number, inode.withLinks(0));
      tx.changeTimes(number, TimesChange.changed(now));
      putOrphan(tx, number, openBy);
    } else {
      delete(tx, number, inode.type());
    }
    return new Removed(number, true, kept);
  }

  /** Deletes an orphan that this session does not hold any more, unless another one does. */
  static void reap(Transaction tx, long number, SessionId me, Set<SessionId> living) {
    List<SessionId> holders = tx.holders(number);
    if (holders.stream().anyMatch(holder -> !holder.equals(me) && living.contains(holder))) {
      if (holders.contains(me)) {
        tx.deleteHolder(number, me);
      }
      return;
    }
    Inode inode = tx.inode(number);
    tx.deleteOrphan(number);
    if (inode != null && inode.links() == 0) {
      delete(tx, number, inode.type());
    }
  }

  private static void delete(Transaction tx, long number, FileType type) {
    if (type == FileType.REGULAR) {
      tx.clearExtents(number, 0, Long.MAX_VALUE);
    }
    tx.clearXattrs(number);
    tx.deleteTimes(number);
    tx.deleteInode(number);
  }

  static void removeDirectory(Transaction tx, long parent, Name name, long now)
      throws VfsException {
    DirectoryEntry entry = find(tx, parent, name);
    if (entry.type() != FileType.DIRECTORY) {
      throw new VfsException(Failure.NOT_A_DIRECTORY);
    }
    requireEmpty(tx, entry.inode());
    tx.deleteEntry(parent, name);
    deleteDirectory(tx, entry.inode());
    tx.changeTimes(parent, TimesChange.modified(now).addingEntries(-1, -1));
  }

  private static void deleteDirectory(Transaction tx, long number) {
    tx.deleteParent(number);
    delete(tx, number, FileType.DIRECTORY);
  }

  private static void requireEmpty(NamespaceView view, long directory) throws VfsException {
    if (!view.list(directory, 0, 1).isEmpty()) {
      throw new VfsException(Failure.NOT_EMPTY);
    }
  }

  /** One side of a rename. */
  record Place(long parent, Name name) {}

  /**
   * Renames, replacing what is there.
   *
   * @param expectedVictim the inode that the caller found at the destination, whose state it holds;
   *     null for none
   * @param victimOpenBy this session if it has that inode open
   * @return what was replaced; null if nothing that now lacks a link
   */
  static @Nullable Removed rename(
      Transaction tx,
      Place from,
      Place to,
      @Nullable Long expectedVictim,
      @Nullable SessionId victimOpenBy,
      long now)
      throws VfsException {
    Inodes.directory(tx, to.parent());
    DirectoryEntry moved = find(tx, from.parent(), from.name());
    DirectoryEntry victim = tx.lookup(to.parent(), to.name());
    if (victim != null && victim.inode() == moved.inode()) {
      return null; // two links of one file: rename(2) does nothing
    }
    if ((victim == null) != (expectedVictim == null)
        || (victim != null && victim.inode() != expectedVictim)) {
      throw new VfsException(Failure.TRY_AGAIN);
    }
    boolean isDirectory = moved.type() == FileType.DIRECTORY;
    if (isDirectory) {
      requireNoLoop(tx, moved.inode(), to.parent());
    }
    Removed removed =
        victim == null ? null : replace(tx, to, victim, isDirectory, victimOpenBy, now);
    tx.deleteEntry(from.parent(), from.name());
    put(tx, to, moved.inode(), moved.type());
    int directories = isDirectory ? 1 : 0;
    tx.changeTimes(from.parent(), TimesChange.modified(now).addingEntries(-1, -directories));
    tx.changeTimes(to.parent(), TimesChange.modified(now).addingEntries(1, directories));
    tx.changeTimes(moved.inode(), TimesChange.changed(now));
    tx.orderAfterContentOf(moved.inode());
    return removed;
  }

  private static @Nullable Removed replace(
      Transaction tx,
      Place to,
      DirectoryEntry victim,
      boolean byDirectory,
      @Nullable SessionId victimOpenBy,
      long now)
      throws VfsException {
    if (victim.type() == FileType.DIRECTORY) {
      if (!byDirectory) {
        throw new VfsException(Failure.IS_A_DIRECTORY);
      }
      requireEmpty(tx, victim.inode());
      deleteDirectory(tx, victim.inode());
      tx.changeTimes(to.parent(), TimesChange.modified(now).addingEntries(-1, -1));
      return new Removed(victim.inode(), true, false);
    }
    if (byDirectory) {
      throw new VfsException(Failure.NOT_A_DIRECTORY);
    }
    tx.changeTimes(to.parent(), TimesChange.modified(now).addingEntries(-1, 0));
    return dropLink(tx, victim.inode(), victimOpenBy, now);
  }

  static void exchange(Transaction tx, Place one, Place two, long now) throws VfsException {
    DirectoryEntry first = find(tx, one.parent(), one.name());
    DirectoryEntry second = find(tx, two.parent(), two.name());
    if (first.inode() == second.inode()) {
      return;
    }
    if (first.type() == FileType.DIRECTORY) {
      requireNoLoop(tx, first.inode(), two.parent());
    }
    if (second.type() == FileType.DIRECTORY) {
      requireNoLoop(tx, second.inode(), one.parent());
    }
    put(tx, two, first.inode(), first.type());
    put(tx, one, second.inode(), second.type());
    int directories =
        (second.type() == FileType.DIRECTORY ? 1 : 0)
            - (first.type() == FileType.DIRECTORY ? 1 : 0);
    tx.changeTimes(one.parent(), TimesChange.modified(now).addingEntries(0, directories));
    tx.changeTimes(two.parent(), TimesChange.modified(now).addingEntries(0, -directories));
    for (DirectoryEntry entry : new DirectoryEntry[] {first, second}) {
      tx.changeTimes(entry.inode(), TimesChange.changed(now));
      tx.orderAfterContentOf(entry.inode());
    }
  }

  private static void put(Transaction tx, Place at, long inode, FileType type) {
    tx.putEntry(at.parent(), at.name(), inode, type);
    if (type == FileType.DIRECTORY) {
      tx.putParent(inode, at.parent(), at.name());
      return;
    }
    Inode moved = tx.inode(inode);
    if (moved != null) {
      tx.putInode(inode, moved.named(at.parent(), at.name()));
    }
  }

  /** A directory must not move below itself. */
  private static void requireNoLoop(NamespaceView view, long moved, long newParent)
      throws VfsException {
    long above = newParent;
    for (int depth = 0; depth < MAX_DEPTH; depth++) {
      if (above == moved) {
        throw new VfsException(Failure.INVALID);
      }
      ParentLink link = view.parent(above);
      if (link == null) {
        return;
      }
      above = link.parent();
    }
    throw new VfsException(Failure.IO, "directory " + newParent + " has no way to the root", null);
  }
}
