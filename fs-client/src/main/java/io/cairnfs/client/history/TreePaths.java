package io.cairnfs.client.history;

import io.cairnfs.client.namespace.DirectoryEntry;
import io.cairnfs.client.namespace.FileType;
import io.cairnfs.client.namespace.Inode;
import io.cairnfs.client.namespace.Name;
import io.cairnfs.client.namespace.NamespaceException;
import io.cairnfs.client.namespace.NamespaceView;
import io.cairnfs.client.namespace.ParentLink;
import io.cairnfs.client.namespace.TreeNamespace;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds the paths of inodes in one tree, and remembers those of directories. For one thread. */
public final class TreePaths {

  /** Deeper than any path that Linux takes. */
  private static final int MAX_DEPTH = 1 << 12;

  /** Entries of a directory that are read at a time. */
  private static final int PAGE = 1024;

  /** As many names as there can be in a bucket. */
  private static final int BUCKET_NAMES = 8;

  private final TreeNamespace tree;
  private final Map<Long, String> directories = new HashMap<>();

  public TreePaths(TreeNamespace tree) {
    this.tree = tree;
    directories.put(NamespaceView.ROOT, "");
  }

  /** The path of a name in a directory. */
  String of(long directory, Name name) throws NamespaceException, InterruptedException {
    return ofDirectory(directory) + "/" + PathText.of(name);
  }

  /** The path of a directory; empty for the root. */
  String ofDirectory(long directory) throws NamespaceException, InterruptedException {
    String known = directories.get(directory);
    if (known != null) {
      return known;
    }
    Deque<ParentLink> links = new ArrayDeque<>();
    long above = directory;
    String start = null;
    for (int depth = 0; depth < MAX_DEPTH && start == null; depth++) {
      long at = above;
      ParentLink link = tree.<@Nullable ParentLink, RuntimeException>read(view -> view.parent(at));
      if (link == null) {
        start = "inode " + at; // a tree that fsck would complain of
      } else {
        links.push(link);
        above = link.parent();
        start = directories.get(above);
      }
    }
    StringBuilder path = new StringBuilder(start == null ? "inode " + above : start);
    for (ParentLink link : links) {
      path.append('/').append(PathText.of(link.name()));
    }
    directories.put(directory, path.toString());
    return path.toString();
  }

  /** A path of anything but a directory, or its number if its inode does not tell one. */
  public String ofFile(long inode) throws NamespaceException, InterruptedException {
    String path = byPlace(inode);
    return path == null ? "inode " + inode : path;
  }

  /** A name of anything but a directory, by the place that its inode tells; null if it is stale. */
  @Nullable String byPlace(long number) throws NamespaceException, InterruptedException {
    Inode.Place place =
        tree.<Inode.Place, RuntimeException>read(
            view -> {
              Inode inode = view.inode(number);
              return inode == null ? Inode.Place.UNKNOWN : inode.place();
            });
    if (place.equals(Inode.Place.UNKNOWN)) {
      return null;
    }
    // The first name of the bucket, almost always; the others of a bucket are a few.
    for (int limit : new int[] {1, BUCKET_NAMES}) {
      for (DirectoryEntry entry : list(place.directory(), place.bucket() - 1, limit)) {
        if (entry.inode() == number) {
          return of(place.directory(), entry.name());
        }
      }
    }
    return null;
  }

  private List<DirectoryEntry> list(long directory, long after, int limit)
      throws NamespaceException, InterruptedException {
    return tree.<List<DirectoryEntry>, RuntimeException>read(
        view -> view.list(directory, after, limit));
  }

  /**
   * One path of each of these inodes, as far as they have any, by looking at all names there are.
   */
  Map<Long, String> search(Set<Long> wanted) throws NamespaceException, InterruptedException {
    Map<Long, String> found = new HashMap<>();
    Deque<Long> unread = new ArrayDeque<>();
    unread.push(NamespaceView.ROOT);
    while (!unread.isEmpty() && found.size() < wanted.size()) {
      long directory = unread.pop();
      long after = 0;
      while (true) {
        List<DirectoryEntry> page = list(directory, after, PAGE);
        for (DirectoryEntry entry : page) {
          if (wanted.contains(entry.inode())) {
            found.putIfAbsent(entry.inode(), of(directory, entry.name()));
          }
          if (entry.type() == FileType.DIRECTORY) {
            unread.push(entry.inode());
          }
          after = entry.cookie();
        }
        if (page.size() < PAGE) {
          break;
        }
      }
    }
    return found;
  }
}
