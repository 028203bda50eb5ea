package io.cairnfs.client.namespace;

import io.cairnfs.protocol.cid.Cid;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The map at rest: an immutable B+tree of blocks, named by its root. Where a node is not in memory,
 * methods throw {@link MissingBlockException}. As thread-safe as its source.
 */
final class Tree {

  /** Leaves that are asked for ahead of a scan: half a megabyte of them. */
  private static final int SCAN_AHEAD = 16;

  /**
   * Leaves that are asked for with a single key's: what is created together is looked at together.
   * Not so names, which lie in the order of their hashes.
   */
  private static final int POINT_AHEAD = 2;

  private final @Nullable Cid root;
  private final NodeSource source;

  /**
   * @param root null for an empty map
   */
  Tree(@Nullable Cid root, NodeSource source) {
    this.root = root;
    this.source = source;
  }

  @Nullable Cid root() {
    return root;
  }

  @Nullable Value get(Key key) {
    Node leaf = leafOf(key, key.kind() == Key.ENTRY ? 0 : POINT_AHEAD);
    if (leaf == null) {
      return null;
    }
    int index = leaf.floor(key);
    return index >= 0 && leaf.isAt(index, key) ? leaf.value(index) : null;
  }

  /** The leaf that has a key if any has, or null. */
  private @Nullable Node leafOf(Key key, int ahead) {
    if (root == null) {
      return null;
    }
    Node node = rootNode(root);
    while (node.level() > 0) {
      node = child(node, Math.max(0, node.floor(key)), ahead);
    }
    return node;
  }

  /**
   * The blocks, not in memory, that must be there before these keys can be read; one level at a
   * time.
   */
  List<Cid> missing(Iterable<Key> keys, int limit) {
    List<Cid> missing = new ArrayList<>();
    for (Key key : keys) {
      try {
        leafOf(key, 0);
      } catch (MissingBlockException e) {
        Cid cid = e.cids().getFirst();
        if (!missing.contains(cid)) {
          missing.add(cid);
        }
        if (missing.size() == limit) {
          break;
        }
      }
    }
    return missing;
  }

  private Node rootNode(Cid cid) {
    Node node = source.find(cid);
    if (node == null) {
      throw new MissingBlockException(List.of(cid));
    }
    return node;
  }

  private Node child(Node parent, int index, int ahead) {
    Node child = source.find(parent.child(index));
    if (child == null) {
      int leaves = parent.level() == 1 ? ahead : 0;
      throw new MissingBlockException(parent.children(index, index + 1 + leaves));
    }
    return child;
  }

  /** An entry. */
  record Found(Key key, Value value) {}

  /** The entry with the greatest key that is not greater than {@code key}, or null. */
  @Nullable Found floor(Key key) {
    return root == null ? null : last(rootNode(root), key, true);
  }

  /** The entry with the greatest key that is less than {@code key}, or null. */
  @Nullable Found lower(Key key) {
    return root == null ? null : last(rootNode(root), key, false);
  }

  private @Nullable Found last(Node node, Key key, boolean inclusive) {
    int index = node.floor(key);
    if (index >= 0 && !inclusive && node.isAt(index, key)) {
      index--; // what is less than a subtree's lowest key lies before it
    }
    if (index < 0) {
      return null;
    }
    // A subtree has its lowest key, so the first one tried has an entry.
    return node.level() == 0
        ? new Found(node.key(index), node.value(index))
        : last(child(node, index, 0), key, inclusive);
  }

  /** A cursor at the first entry whose key is not less than {@code from}. */
  Cursor cursor(Key from) {
    TreeCursor cursor = new TreeCursor();
    cursor.seek(from);
    return cursor;
  }

  private final class TreeCursor implements Cursor {

    private final List<Node> path = new ArrayList<>();
    private final int[] indexes = new int[Node.MAX_LEVEL + 1];
    private boolean valid;

    @Override
    public boolean isValid() {
      return valid;
    }

    @Override
    public Key key() {
      return path.getLast().key(indexes[path.size() - 1]);
    }

    @Override
    public Value value() {
      return path.getLast().value(indexes[path.size() - 1]);
    }

    @Override
    public void next() {
      indexes[path.size() - 1]++;
      settle();
    }

    @Override
    public void seek(Key to) {
      path.clear();
      if (root == null) {
        valid = false;
        return;
      }
      Node node = rootNode(root);
      while (node.level() > 0) {
        int index = Math.max(0, node.floor(to));
        push(node, index);
        node = child(node, index, SCAN_AHEAD);
      }
      int index = node.floor(to);
      push(node, index >= 0 && node.isAt(index, to) ? index : index + 1);
      settle();
    }

    private void push(Node node, int index) {
      indexes[path.size()] = index;
      path.add(node);
    }

    /** Goes on to the next entry where this leaf is at its end. */
    private void settle() {
      while (true) {
        while (indexes[path.size() - 1] >= path.getLast().count()) {
          if (path.size() == 1) {
            valid = false;
            return;
          }
          path.removeLast();
          indexes[path.size() - 1]++;
        }
        if (path.getLast().level() == 0) {
          valid = true;
          return;
        }
        push(child(path.getLast(), indexes[path.size() - 1], SCAN_AHEAD), 0);
      }
    }
  }
}
