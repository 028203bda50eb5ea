package io.cairnfs.client.namespace;

import io.cairnfs.protocol.cid.Cid;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes a new tree of an old one and a layer of changes: subtrees that nothing changes are taken
 * over by their links, so the work is proportional to the changes. Blocking, on one thread; the
 * layer must not change meanwhile.
 */
final class TreeMerge {

  /** How many changed children of a node are fetched ahead. */
  private static final int AHEAD = 16;

  private final NodeLoader loader;
  private final TreeBuilder builder;
  private final List<Map.Entry<Key, Value>> changes;
  private final KeyRanges cleared;
  private int next;

  private TreeMerge(NodeLoader loader, Layer layer, TreeBuilder.Sink sink) {
    this.loader = loader;
    this.builder = new TreeBuilder(sink);
    this.changes = layer.sorted();
    this.cleared = layer.cleared();
  }

  /**
   * Merges.
   *
   * @param root of the old tree, null for an empty map
   * @param sink takes the new blocks, children before their parents
   * @return the new root
   */
  static Cid merge(@Nullable Cid root, Layer layer, NodeLoader loader, TreeBuilder.Sink sink)
      throws NamespaceException, InterruptedException {
    TreeMerge merge = new TreeMerge(loader, layer, sink);
    if (root != null) {
      merge.mergeNode(loader.load(root), null);
    }
    merge.addChangesBefore(null);
    return merge.builder.finish();
  }

  /**
   * @param end the first key after the node's, null for none
   */
  private void mergeNode(Node node, @Nullable Key end)
      throws NamespaceException, InterruptedException {
    if (node.level() == 0) {
      mergeLeaf(node);
      return;
    }
    for (int i = 0; i < node.count(); i++) {
      Key lowest = node.key(i);
      Key childEnd = i + 1 < node.count() ? node.key(i + 1) : end;
      if (i % AHEAD == 0 && node.level() == 1) {
        fetchAhead(node, i, end);
      }
      mergeChild(node.level() - 1, lowest, childEnd, node.child(i));
    }
  }

  private void mergeChild(int level, Key lowest, @Nullable Key end, Cid cid)
      throws NamespaceException, InterruptedException {
    addChangesBefore(lowest);
    boolean untouched = !cleared.intersects(lowest, end) && !hasChangeBefore(end);
    if (untouched && builder.addSubtree(level, lowest, cid)) {
      return;
    }
    if (!cleared.covers(lowest, end)) {
      mergeNode(loader.load(cid), end);
    }
  }

  private void mergeLeaf(Node leaf) throws NamespaceException, InterruptedException {
    for (int i = 0; i < leaf.count(); i++) {
      Key key = leaf.key(i);
      addChangesBefore(key);
      if (next < changes.size() && changes.get(next).getKey().equals(key)) {
        addChange();
      } else if (cleared.containing(key) == null) {
        builder.add(leaf, i);
      }
    }
  }

  private boolean hasChangeBefore(@Nullable Key end) {
    return next < changes.size() && (end == null || changes.get(next).getKey().compareTo(end) < 0);
  }

  private void addChangesBefore(@Nullable Key end) throws NamespaceException, InterruptedException {
    while (hasChangeBefore(end)) {
      addChange();
    }
  }

  private void addChange() throws NamespaceException, InterruptedException {
    Map.Entry<Key, Value> change = changes.get(next++);
    if (change.getValue() != Value.Absent.ABSENT) {
      builder.add(change.getKey(), change.getValue());
    }
  }

  /** Fetches those of the next children that have changes, all at once. */
  private void fetchAhead(Node node, int from, @Nullable Key end)
      throws NamespaceException, InterruptedException {
    int to = Math.min(node.count(), from + AHEAD);
    List<Cid> wanted = new ArrayList<>();
    int change = next;
    for (int i = from; i < to; i++) {
      Key childEnd = i + 1 < node.count() ? node.key(i + 1) : end;
      int before = change;
      while (change < changes.size()
          && (childEnd == null || changes.get(change).getKey().compareTo(childEnd) < 0)) {
        change++;
      }
      boolean touched = change > before || cleared.intersects(node.key(i), childEnd);
      if (touched && !cleared.covers(node.key(i), childEnd)) {
        wanted.add(node.child(i));
      }
    }
    if (wanted.size() > 1) {
      loader.load(wanted);
    }
  }
}
