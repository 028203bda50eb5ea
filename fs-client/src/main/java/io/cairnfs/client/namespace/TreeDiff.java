package io.cairnfs.client.namespace;

import io.cairnfs.client.extent.FileExtent;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.ipld.CborException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Tells what differs between two trees: both are walked in the order of keys, and a subtree that
 * both have is skipped, so that the work is proportional to the changes. Blocking, on one thread.
 */
public final class TreeDiff {

  /** Takes what differs, in the order of the map; null stands for absence. */
  public interface Visitor {

    /** A block of the tree after, which the tree before does not have at this place. */
    default void treeBlock(Cid cid) throws NamespaceException, InterruptedException {}

    default void inode(long number, @Nullable Inode before, @Nullable Inode after) {}

    default void times(long number, @Nullable InodeTimes before, @Nullable InodeTimes after) {}

    default void xattr(long inode) {}

    default void entry(
        long directory, @Nullable DirectoryEntry before, @Nullable DirectoryEntry after) {}

    /**
     * @param after what the file has at this place; null if nothing begins there any more
     */
    default void extent(long inode, @Nullable FileExtent after)
        throws NamespaceException, InterruptedException {}
  }

  /** Children that are fetched together where there is only one tree left to walk. */
  private static final int AHEAD = 16;

  private final NodeLoader loader;
  private final Visitor visitor;

  TreeDiff(NodeLoader loader, Visitor visitor) {
    this.loader = loader;
    this.visitor = visitor;
  }

  /**
   * @param before null for an empty tree
   * @param after likewise
   */
  void compare(@Nullable Cid before, @Nullable Cid after)
      throws NamespaceException, InterruptedException {
    if (Objects.equals(before, after)) {
      return;
    }
    Side old = new Side(before, false);
    Side fresh = new Side(after, true);
    try {
      while (!old.isAtEnd() || !fresh.isAtEnd()) {
        step(old, fresh);
      }
    } catch (CborException e) {
      throw damaged(String.valueOf(e.getMessage()), e);
    }
  }

  private void step(Side old, Side fresh) throws NamespaceException, InterruptedException {
    if (old.isAtEnd() || fresh.isAtEnd()) {
      Side left = old.isAtEnd() ? fresh : old;
      if (left.isEntry()) {
        emit(old.isAtEnd() ? null : old, fresh.isAtEnd() ? null : fresh);
      } else {
        left.descend(AHEAD);
      }
    } else if (!old.isEntry() && !fresh.isEntry()) {
      stepSubtrees(old, fresh);
    } else if (old.isEntry() && fresh.isEntry()) {
      int order = old.key().compareTo(fresh.key());
      emit(order <= 0 ? old : null, order >= 0 ? fresh : null);
    } else if (old.isEntry()) {
      stepMixed(old, fresh, true);
    } else {
      stepMixed(fresh, old, false);
    }
  }

  private static void stepSubtrees(Side old, Side fresh)
      throws NamespaceException, InterruptedException {
    if (old.child().equals(fresh.child())) {
      old.skip();
      fresh.skip();
      return;
    }
    int order =
        old.level() == fresh.level()
            ? old.key().compareTo(fresh.key())
            : fresh.level() - old.level();
    if (order <= 0) {
      old.descend(1);
    }
    if (order >= 0) {
      fresh.descend(1);
    }
  }

  /** An entry on one side, a subtree on the other. */
  private void stepMixed(Side entry, Side subtree, boolean entryIsOld)
      throws NamespaceException, InterruptedException {
    if (entry.key().compareTo(subtree.key()) < 0) {
      emit(entryIsOld ? entry : null, entryIsOld ? null : entry);
    } else {
      subtree.descend(1);
    }
  }

  /** Tells of an entry that one side or both have, and goes on. */
  private void emit(@Nullable Side old, @Nullable Side fresh)
      throws NamespaceException, InterruptedException {
    if (old == null || fresh == null || !old.hasSameValue(fresh)) {
      Side any = old != null ? old : fresh;
      if (any != null) {
        visit(any.key(), old == null ? null : old.value(), fresh == null ? null : fresh.value());
      }
    }
    if (old != null) {
      old.skip();
    }
    if (fresh != null) {
      fresh.skip();
    }
  }

  private void visit(Key key, @Nullable Value before, @Nullable Value after)
      throws NamespaceException, InterruptedException {
    switch (key.kind()) {
      case Key.INODE -> visitor.inode(key.inode(), (Inode) before, (Inode) after);
      case Key.TIMES -> visitor.times(key.inode(), (InodeTimes) before, (InodeTimes) after);
      case Key.XATTR -> visitor.xattr(key.inode());
      case Key.ENTRY -> visitor.entry(key.inode(), (DirectoryEntry) before, (DirectoryEntry) after);
      case Key.EXTENT ->
          visitor.extent(
              key.inode(),
              after instanceof Value.Content content
                  ? new FileExtent(key.sub(), content.extent())
                  : null);
      default -> {} // where directories hang follows from names, orphans have none
    }
  }

  private static NamespaceException damaged(String how, @Nullable Throwable cause) {
    return new NamespaceException(
        NamespaceException.Reason.DAMAGED, "a tree block is damaged: " + how, cause);
  }

  /** A place in one of the trees: at an entry of a leaf, or before a subtree. */
  private final class Side {

    private final List<Node> path = new ArrayList<>();
    private final int[] indexes = new int[Node.MAX_LEVEL + 1];
    private final boolean told;

    /**
     * @param told whether the visitor hears of the blocks
     */
    Side(@Nullable Cid root, boolean told) throws NamespaceException, InterruptedException {
      this.told = told;
      if (root != null) {
        push(root, loader.load(root));
      }
    }

    private void push(Cid cid, Node node) throws NamespaceException, InterruptedException {
      if (told) {
        visitor.treeBlock(cid);
      }
      indexes[path.size()] = 0;
      path.add(node);
      settle();
    }

    private void settle() {
      while (!path.isEmpty() && indexes[path.size() - 1] >= path.getLast().count()) {
        path.removeLast();
      }
    }

    private int index() {
      return indexes[path.size() - 1];
    }

    boolean isAtEnd() {
      return path.isEmpty();
    }

    boolean isEntry() {
      return path.getLast().level() == 0;
    }

    /** The entry's, or the lowest of the subtree. */
    Key key() {
      return path.getLast().key(index());
    }

    Value value() {
      return path.getLast().value(index());
    }

    boolean hasSameValue(Side other) {
      Node mine = path.getLast();
      Node others = other.path.getLast();
      return Arrays.equals(
          mine.block(),
          mine.valueStart(index()),
          mine.valueEnd(index()),
          others.block(),
          others.valueStart(other.index()),
          others.valueEnd(other.index()));
    }

    /** The subtree's root. */
    Cid child() {
      return path.getLast().child(index());
    }

    int level() {
      return path.getLast().level() - 1;
    }

    void skip() {
      indexes[path.size() - 1]++;
      settle();
    }

    /** Goes into the subtree; fetches so many of those that follow along with it. */
    void descend(int together) throws NamespaceException, InterruptedException {
      Node parent = path.getLast();
      int index = index();
      Cid cid = parent.child(index);
      if (index % together == 0 && together > 1) {
        loader.load(parent.children(index, index + together));
      }
      Node node = loader.load(cid);
      if (node.level() != parent.level() - 1
          || (node.count() > 0 && node.key(0).compareTo(parent.key(index)) < 0)) {
        throw damaged("a node stands where it does not belong", null);
      }
      indexes[path.size() - 1]++;
      push(cid, node);
    }
  }
}
