package io.cairnfs.client.vfs;

import io.cairnfs.client.namespace.DirectoryEntry;
import io.cairnfs.client.namespace.FileType;
import io.cairnfs.client.namespace.Inode;
import io.cairnfs.client.namespace.InodeTimes;
import io.cairnfs.client.namespace.NamespaceView;
import io.cairnfs.client.namespace.ParentLink;
import java.util.ArrayList;
import java.util.List;

/** Lists directories: without state between calls, since cookies are stable. Thread-safe. */
final class Listing {

  private static final long COOKIE_DOT = 1;
  private static final long COOKIE_DOT_DOT = 2;
  private static final byte[] DOT = {'.'};
  private static final byte[] DOT_DOT = {'.', '.'};

  /** Entries read at a time: more than a reply of the kernel's usual size takes. */
  private static final int PAGE = 128;

  private final SessionNamespace namespace;
  private final UnstoredWrites unstored;
  private final InodeTable inodes;

  Listing(SessionNamespace namespace, UnstoredWrites unstored, InodeTable inodes) {
    this.namespace = namespace;
    this.unstored = unstored;
    this.inodes = inodes;
  }

  private record Listed(DirectoryEntry entry, Attributes attributes) {}

  void list(long directory, long cookie, boolean plus, DirectorySink sink)
      throws VfsException, InterruptedException {
    long position = cookie;
    if (position < COOKIE_DOT_DOT) {
      if (!dots(directory, position, plus, sink)) {
        return;
      }
      position = COOKIE_DOT_DOT;
    }
    while (true) {
      long after = position;
      List<Listed> page = namespace.read(view -> page(view, directory, after, plus));
      for (Listed listed : page) {
        if (!offer(listed, plus, sink)) {
          return;
        }
        position = listed.entry().cookie();
      }
      if (page.size() < PAGE) {
        return;
      }
    }
  }

  private static List<Listed> page(NamespaceView view, long directory, long after, boolean plus) {
    List<DirectoryEntry> entries = view.list(directory, after, PAGE);
    if (plus) {
      view.expectInodes(entries);
    }
    List<Listed> page = new ArrayList<>(entries.size());
    for (DirectoryEntry entry : entries) {
      page.add(new Listed(entry, plus ? attributes(view, entry) : placeholder(entry)));
    }
    return page;
  }

  private static Attributes attributes(NamespaceView view, DirectoryEntry entry) {
    Inode inode = view.inode(entry.inode());
    InodeTimes times = view.times(entry.inode());
    return inode == null || times == null
        ? placeholder(entry)
        : Inodes.attributes(entry.inode(), inode, times);
  }

  /** Enough to list a name; with a link count of 0 it says that there is no inode behind it. */
  private static Attributes placeholder(DirectoryEntry entry) {
    return new Attributes(entry.inode(), entry.type(), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
  }

  private boolean offer(Listed listed, boolean plus, DirectorySink sink) {
    DirectoryEntry entry = listed.entry();
    byte[] name = entry.name().toBytes();
    if (!plus || listed.attributes().links() == 0) {
      return sink.name(name, entry.inode(), entry.type(), entry.cookie());
    }
    Entry found = new Entry(unstored.withUnstored(listed.attributes()), 0, namespace.validNanos());
    inodes.remember(entry.inode());
    if (sink.entry(name, found, entry.cookie())) {
      return true;
    }
    inodes.forget(entry.inode(), 1);
    return false;
  }

  private boolean dots(long directory, long cookie, boolean plus, DirectorySink sink)
      throws VfsException, InterruptedException {
    long parent =
        namespace.read(
            view -> {
              ParentLink link = view.parent(directory);
              return link == null ? directory : link.parent();
            });
    return (cookie >= COOKIE_DOT || dot(DOT, directory, COOKIE_DOT, plus, sink))
        && dot(DOT_DOT, parent, COOKIE_DOT_DOT, plus, sink);
  }

  private static boolean dot(byte[] name, long inode, long next, boolean plus, DirectorySink sink) {
    if (!plus) {
      return sink.name(name, inode, FileType.DIRECTORY, next);
    }
    Attributes attributes =
        new Attributes(inode, FileType.DIRECTORY, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    return sink.entry(name, new Entry(attributes, 0, 0), next);
  }
}
