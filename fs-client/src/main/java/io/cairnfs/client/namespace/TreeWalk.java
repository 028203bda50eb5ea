package io.cairnfs.client.namespace;

import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.ipld.CborException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Walks a whole tree in the order of keys and believes nothing: every node must be there, be a node
 * of the level and within the range of keys that its parent says, and have values that can be
 * decoded. What does not is told and left out. Blocking, on one thread.
 */
final class TreeWalk {

  /** Children that are fetched together. */
  private static final int AHEAD = 16;

  /** Takes what is found. */
  interface Visitor {

    /** Whether a subtree was walked before and need not be walked again. */
    default boolean isKnown(Cid cid) {
      return false;
    }

    /** A node's block, before what is in it. */
    void node(Cid cid) throws NamespaceException, InterruptedException;

    void entry(Key key, Value value) throws NamespaceException, InterruptedException;

    /** All that is below a node, or what was left of it, was visited. */
    void end(Cid cid);

    /** A subtree that cannot be had. */
    void lost(LostPart part);
  }

  private final NodeLoader loader;
  private final Visitor visitor;

  TreeWalk(NodeLoader loader, Visitor visitor) {
    this.loader = loader;
    this.visitor = visitor;
  }

  /**
   * @param root null for an empty map
   * @throws NamespaceException {@code UNAVAILABLE} if nodes that may have a block do not answer
   */
  void walk(@Nullable Cid root) throws NamespaceException, InterruptedException {
    if (root != null) {
      walk(root, null, Key.orphan(0), null);
    }
  }

  private void walk(Cid cid, @Nullable Integer level, Key from, @Nullable Key to)
      throws NamespaceException, InterruptedException {
    if (visitor.isKnown(cid)) {
      return;
    }
    Node node;
    List<Value> values;
    try {
      node = loader.load(cid);
      requireInPlace(node, level, from, to);
      values = decodeAll(node);
    } catch (NamespaceException e) {
      if (e.reason() != NamespaceException.Reason.DAMAGED) {
        throw e;
      }
      visitor.lost(new LostPart(cid, from, to, String.valueOf(e.getMessage())));
      return;
    } catch (CborException e) {
      visitor.lost(new LostPart(cid, from, to, String.valueOf(e.getMessage())));
      return;
    }
    visitor.node(cid);
    for (int i = 0; i < values.size(); i++) {
      visitor.entry(node.key(i), values.get(i));
    }
    for (int i = 0; node.level() > 0 && i < node.count(); i++) {
      if (i % AHEAD == 0) {
        fetchAhead(node.children(i, i + AHEAD));
      }
      walk(
          node.child(i),
          node.level() - 1,
          node.key(i),
          i + 1 < node.count() ? node.key(i + 1) : to);
    }
    visitor.end(cid);
  }

  private static void requireInPlace(
      Node node, @Nullable Integer level, Key from, @Nullable Key to) {
    if (level != null && level != node.level()) {
      throw new CborException("a node of level " + node.level() + " stands at level " + level);
    }
    if (node.count() > 0
        && (node.key(0).compareTo(from) < 0
            || (to != null && node.key(node.count() - 1).compareTo(to) >= 0))) {
      throw new CborException("a node has keys outside of its place");
    }
  }

  /** The values of a leaf. */
  private static List<Value> decodeAll(Node node) {
    List<Value> values = new ArrayList<>();
    for (int i = 0; node.level() == 0 && i < node.count(); i++) {
      values.add(node.value(i));
    }
    return values;
  }

  private void fetchAhead(List<Cid> children) throws NamespaceException, InterruptedException {
    try {
      loader.load(children);
    } catch (NamespaceException e) {
      if (e.reason() != NamespaceException.Reason.DAMAGED) {
        throw e;
      }
      // the walk comes to it and tells
    }
  }
}
