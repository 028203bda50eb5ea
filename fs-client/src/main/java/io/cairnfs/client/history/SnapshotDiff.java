package io.cairnfs.client.history;

import io.cairnfs.client.extent.FileExtent;
import io.cairnfs.client.history.PathChange.Kind;
import io.cairnfs.client.namespace.DirectoryEntry;
import io.cairnfs.client.namespace.FileType;
import io.cairnfs.client.namespace.Inode;
import io.cairnfs.client.namespace.InodeTimes;
import io.cairnfs.client.namespace.Name;
import io.cairnfs.client.namespace.NamespaceException;
import io.cairnfs.client.namespace.TreeDiff;
import io.cairnfs.client.namespace.TreeNamespace;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.head.Usage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Says by path what differs between two trees of a volume. Names that came and went make files
 * created, deleted or renamed; what else changed makes them modified, but for times that follow
 * from a change of names. For one thread.
 */
final class SnapshotDiff implements TreeDiff.Visitor {

  /** A name's place. */
  private record Place(long directory, Name name) {}

  private final TreePaths before;
  private final TreePaths after;
  private final Map<Place, DirectoryEntry> removed = new LinkedHashMap<>();
  private final Map<Place, DirectoryEntry> added = new LinkedHashMap<>();
  private final Set<Long> created = new HashSet<>();
  private final Set<Long> deleted = new HashSet<>();

  /** Inodes that something else happened to than to their names. */
  private final Set<Long> modified = new LinkedHashSet<>();

  /** Inodes whose times changed: in a directory that may be because of its entries. */
  private final Set<Long> touched = new LinkedHashSet<>();

  private final Set<Long> changedDirectories = new HashSet<>();
  private final Map<Long, FileType> types = new HashMap<>();
  private final Map<Long, String> pathAfter = new HashMap<>();
  private final List<PathChange> changes = new ArrayList<>();

  private SnapshotDiff(TreePaths before, TreePaths after) {
    this.before = before;
    this.after = after;
  }

  /** What differs, ordered by path. */
  static List<PathChange> between(TreeNamespace.Source trees, Cid before, Cid after)
      throws NamespaceException, InterruptedException {
    TreeNamespace newTree = trees.tree(after, Usage.NONE);
    SnapshotDiff diff =
        new SnapshotDiff(new TreePaths(trees.tree(before, Usage.NONE)), new TreePaths(newTree));
    trees.compare(before, after, diff);
    diff.tellNames();
    diff.tellModified(newTree);
    diff.changes.sort(Comparator.comparing(PathChange::path).thenComparing(PathChange::kind));
    return diff.changes;
  }

  @Override
  public void inode(long number, @Nullable Inode was, @Nullable Inode is) {
    if (was == null) {
      created.add(number);
    } else if (is == null) {
      deleted.add(number);
    } else if (!sameButForNames(was, is)) {
      modified.add(number);
    }
  }

  /** Whether two inodes differ at most in what follows from their names. */
  private static boolean sameButForNames(Inode one, Inode other) {
    return one.type() == other.type()
        && one.permissions() == other.permissions()
        && one.uid() == other.uid()
        && one.gid() == other.gid()
        && one.device() == other.device();
  }

  @Override
  public void times(long number, @Nullable InodeTimes was, @Nullable InodeTimes is) {
    if (was != null
        && is != null
        && (was.mtimeNanos() != is.mtimeNanos() || was.size() != is.size())) {
      touched.add(number);
    }
  }

  @Override
  public void xattr(long inode) {
    modified.add(inode);
  }

  @Override
  public void extent(long inode, @Nullable FileExtent is) {
    modified.add(inode);
  }

  @Override
  public void entry(long directory, @Nullable DirectoryEntry was, @Nullable DirectoryEntry is) {
    changedDirectories.add(directory);
    if (was != null) {
      removed.put(new Place(directory, was.name()), was);
      types.put(was.inode(), was.type());
    }
    if (is != null) {
      added.put(new Place(directory, is.name()), is);
      types.put(is.inode(), is.type());
    }
  }

  private void tellNames() throws NamespaceException, InterruptedException {
    // A name that only changed its slot is where it was.
    removed.entrySet().removeIf(entry -> isStill(entry.getKey(), entry.getValue()));
    Map<Long, List<Place>> fromByInode = byInode(removed);
    for (Map.Entry<Place, DirectoryEntry> entry : added.entrySet()) {
      Place place = entry.getKey();
      long inode = entry.getValue().inode();
      String path = after.of(place.directory(), place.name());
      List<Place> from = fromByInode.getOrDefault(inode, List.of());
      if (!from.isEmpty()) {
        Place was = from.removeFirst();
        removed.remove(was);
        tell(Kind.RENAMED, inode, path, before.of(was.directory(), was.name()));
      } else if (isReplacement(place, entry.getValue())) {
        removed.remove(place);
        tell(Kind.MODIFIED, inode, path, null);
      } else {
        tell(Kind.CREATED, inode, path, null);
      }
      pathAfter.put(inode, path);
    }
    for (Map.Entry<Place, DirectoryEntry> entry : removed.entrySet()) {
      Place place = entry.getKey();
      tell(
          Kind.DELETED, entry.getValue().inode(), before.of(place.directory(), place.name()), null);
    }
  }

  private boolean isStill(Place place, DirectoryEntry was) {
    DirectoryEntry is = added.get(place);
    if (is != null && is.inode() == was.inode()) {
      added.remove(place);
      return true;
    }
    return false;
  }

  private static Map<Long, List<Place>> byInode(Map<Place, DirectoryEntry> names) {
    Map<Long, List<Place>> places = new HashMap<>();
    names.forEach(
        (place, entry) ->
            places.computeIfAbsent(entry.inode(), key -> new ArrayList<>()).add(place));
    return places;
  }

  /** Whether a new file has taken the name of one of its kind that is gone: a file saved anew. */
  private boolean isReplacement(Place place, DirectoryEntry is) {
    DirectoryEntry was = removed.get(place);
    return was != null
        && was.type() == is.type()
        && created.contains(is.inode())
        && deleted.contains(was.inode());
  }

  private void tell(Kind kind, long inode, String path, @Nullable String from) {
    changes.add(new PathChange(kind, types.getOrDefault(inode, FileType.REGULAR), path, from));
  }

  private void tellModified(TreeNamespace newTree) throws NamespaceException, InterruptedException {
    for (long inode : touched) {
      if (!changedDirectories.contains(inode)) {
        modified.add(inode);
      }
    }
    modified.removeAll(created);
    modified.removeAll(deleted);
    Set<Long> lost = new HashSet<>();
    for (long inode : modified) {
      String path = pathOf(inode, newTree);
      if (path == null) {
        lost.add(inode);
      } else {
        tell(Kind.MODIFIED, inode, path, null);
      }
    }
    if (!lost.isEmpty()) {
      Map<Long, String> found = after.search(lost);
      found.forEach((inode, path) -> tell(Kind.MODIFIED, inode, path, null));
    }
  }

  private @Nullable String pathOf(long inode, TreeNamespace tree)
      throws NamespaceException, InterruptedException {
    String known = pathAfter.get(inode);
    if (known != null) {
      return known;
    }
    Inode found = tree.<@Nullable Inode, RuntimeException>read(view -> view.inode(inode));
    FileType type = found == null ? FileType.REGULAR : found.type();
    types.put(inode, type);
    if (type == FileType.DIRECTORY) {
      String path = after.ofDirectory(inode);
      return path.isEmpty() ? "/" : path;
    }
    return after.byPlace(inode);
  }
}
