package io.cairnfs.it.linear;

import io.cairnfs.it.linear.Act.Place;
import io.cairnfs.it.linear.Answer.Node;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Some directories and what is in them; immutable. An inode whose number nobody has seen yet has a
 * negative one, until it is seen.
 */
public final class Tree {

  /** Where the directories are that are always there: in none that can be named. */
  private static final long OUTSIDE = 0;

  private final Map<Place, Node> nodes;

  /** What calls in two steps saw in the first, by the number of the call. */
  private final Map<Integer, Node> peeked;

  private final int hash;

  private Tree(Map<Place, Node> nodes, Map<Integer, Node> peeked) {
    this.nodes = nodes;
    this.peeked = peeked;
    this.hash = 31 * nodes.hashCode() + peeked.hashCode();
  }

  /** Empty directories that are always there. */
  public static Tree of(Iterable<Long> roots) {
    Map<Place, Node> nodes = new HashMap<>();
    for (long root : roots) {
      nodes.put(new Place(OUTSIDE, Long.toString(root)), new Node(root, true));
    }
    return new Tree(nodes, Map.of());
  }

  @Nullable Node at(Place place) {
    return nodes.get(place);
  }

  /** Whether a directory has a place in the tree. */
  boolean isAlive(long inode) {
    return nodes.values().stream().anyMatch(node -> node.inode() == inode);
  }

  /** A directory's entries by their names. */
  Map<String, Node> entries(long directory) {
    Map<String, Node> entries = new HashMap<>();
    nodes.forEach(
        (place, node) -> {
          if (place.directory() == directory) {
            entries.put(place.name(), node);
          }
        });
    return entries;
  }

  boolean isEmpty(long directory) {
    return nodes.keySet().stream().noneMatch(place -> place.directory() == directory);
  }

  /** The link count of an inode as stat(2) tells it; 0 if it is nowhere. */
  long links(Node node) {
    long names = nodes.values().stream().filter(other -> other.inode() == node.inode()).count();
    if (!node.isDirectory() || names == 0) {
      return names;
    }
    long subdirectories =
        nodes.entrySet().stream()
            .filter(e -> e.getKey().directory() == node.inode() && e.getValue().isDirectory())
            .count();
    return 2 + subdirectories;
  }

  /** Whether a directory is an inode or somewhere under it. */
  boolean isWithin(long directory, long inode) {
    long at = directory;
    while (at != inode && at != OUTSIDE) {
      at = parent(at);
    }
    return at == inode;
  }

  private long parent(long directory) {
    return nodes.entrySet().stream()
        .filter(entry -> entry.getValue().inode() == directory)
        .mapToLong(entry -> entry.getKey().directory())
        .findAny()
        .orElse(OUTSIDE);
  }

  Tree with(Place place, Node node) {
    Map<Place, Node> changed = new HashMap<>(nodes);
    changed.put(place, node);
    return new Tree(changed, peeked);
  }

  Tree without(Place place) {
    Map<Place, Node> changed = new HashMap<>(nodes);
    changed.remove(place);
    return new Tree(changed, peeked);
  }

  /** Gives an inode its number. */
  Tree numbered(long placeholder, long inode) {
    Map<Place, Node> changed = new HashMap<>();
    nodes.forEach(
        (place, node) ->
            changed.put(
                place.directory() == placeholder ? new Place(inode, place.name()) : place,
                node.inode() == placeholder ? new Node(inode, node.isDirectory()) : node));
    return new Tree(changed, peeked);
  }

  @Nullable Node peeked(int call) {
    return peeked.get(call);
  }

  Tree withPeeked(int call, Node node) {
    Map<Integer, Node> changed = new HashMap<>(peeked);
    changed.put(call, node);
    return new Tree(nodes, changed);
  }

  Tree withoutPeeked(int call) {
    Map<Integer, Node> changed = new HashMap<>(peeked);
    changed.remove(call);
    return new Tree(nodes, changed);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Tree tree
        && hash == tree.hash
        && nodes.equals(tree.nodes)
        && peeked.equals(tree.peeked);
  }

  @Override
  public int hashCode() {
    return hash;
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    nodes.entrySet().stream()
        .filter(entry -> entry.getKey().directory() != OUTSIDE)
        .map(entry -> entry.getKey() + "=" + entry.getValue())
        .sorted()
        .forEach(entry -> text.append(text.isEmpty() ? "" : " ").append(entry));
    return peeked.isEmpty() ? text.toString() : text + " peeked " + Objects.toString(peeked);
  }
}
