package io.cairnfs.client.namespace;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A tree with layers of changes over it, read as one map. Immutable in what it consists of; not
 * thread-safe.
 */
final class LayeredMap {

  /** Takes entries in the order of keys. */
  @FunctionalInterface
  interface Visitor {

    /** Whether to go on. */
    boolean visit(Key key, Value value);
  }

  private final List<Layer> layers;
  private final Tree base;

  /**
   * @param layers the newest first
   */
  LayeredMap(List<Layer> layers, Tree base) {
    this.layers = List.copyOf(layers);
    this.base = base;
  }

  /** This map with one more layer on top. */
  LayeredMap under(Layer top) {
    List<Layer> more = new ArrayList<>(layers.size() + 1);
    more.add(top);
    more.addAll(layers);
    return new LayeredMap(more, base);
  }

  /** This map with its tree read through another source. */
  LayeredMap reading(NodeSource source) {
    return new LayeredMap(layers, new Tree(base.root(), source));
  }

  Tree base() {
    return base;
  }

  @Nullable Value get(Key key) {
    Value value = getFromLayers(key);
    if (value == null) {
      return base.get(key);
    }
    return value == Value.Absent.ABSENT ? null : value;
  }

  /** What the layers say of a key; null if they say nothing, so that the tree decides. */
  @Nullable Value getFromLayers(Key key) {
    for (int i = 0; i < layers.size(); i++) {
      Value value = layers.get(i).get(key);
      if (value != null) {
        return value;
      }
    }
    return null;
  }

  /**
   * Visits the entries from one key to before another; of kinds of keys that are ordered in layers.
   */
  void scan(Key from, Key to, Visitor visitor) {
    Cursor[] cursors = new Cursor[layers.size() + 1];
    for (int i = 0; i < layers.size(); i++) {
      cursors[i] = layers.get(i).cursor(from);
    }
    cursors[layers.size()] = base.cursor(from);
    while (true) {
      int first = firstOf(cursors);
      if (first < 0 || cursors[first].key().compareTo(to) >= 0) {
        return;
      }
      Key key = cursors[first].key();
      Key clearedTo = clearedAbove(first, key);
      if (clearedTo != null) {
        cursors[first].seek(clearedTo);
        continue;
      }
      Value value = cursors[first].value();
      if (value != Value.Absent.ABSENT && !visitor.visit(key, value)) {
        return;
      }
      for (int i = first; i < cursors.length; i++) {
        if (cursors[i].isValid() && cursors[i].key().equals(key)) {
          cursors[i].next();
        }
      }
    }
  }

  /** The newest of the cursors that have the lowest key, or -1. */
  private static int firstOf(Cursor[] cursors) {
    int first = -1;
    for (int i = 0; i < cursors.length; i++) {
      if (cursors[i].isValid()
          && (first < 0 || cursors[i].key().compareTo(cursors[first].key()) < 0)) {
        first = i;
      }
    }
    return first;
  }

  /** The end of the range by which a layer above masks a key, or null. */
  private @Nullable Key clearedAbove(int source, Key key) {
    Map.Entry<Key, Key> range = clearedRangeAbove(source, key);
    return range == null ? null : range.getValue();
  }

  private Map.@Nullable Entry<Key, Key> clearedRangeAbove(int source, Key key) {
    for (int i = 0; i < source; i++) {
      Map.Entry<Key, Key> range = layers.get(i).cleared().containing(key);
      if (range != null) {
        return range;
      }
    }
    return null;
  }

  /**
   * The entry with the greatest key that is not greater than {@code at} and not less than {@code
   * lowest}, or null; of kinds of keys that are ordered in layers.
   */
  Tree.@Nullable Found floor(Key at, Key lowest) {
    Tree.@Nullable Found[] found = new Tree.@Nullable Found[layers.size() + 1];
    for (int i = 0; i < found.length; i++) {
      found[i] = floorIn(i, at, true);
    }
    while (true) {
      int last = lastOf(found);
      Tree.Found candidate = last < 0 ? null : found[last];
      if (candidate == null || candidate.key().compareTo(lowest) < 0) {
        return null;
      }
      Map.Entry<Key, Key> masking = clearedRangeAbove(last, candidate.key());
      if (masking != null) {
        found[last] = floorIn(last, masking.getKey(), false);
      } else if (candidate.value() != Value.Absent.ABSENT) {
        return candidate;
      } else {
        for (int i = last; i < found.length; i++) {
          Tree.Found same = found[i];
          if (same != null && same.key().equals(candidate.key())) {
            found[i] = floorIn(i, candidate.key(), false);
          }
        }
      }
    }
  }

  private static int lastOf(Tree.@Nullable Found[] found) {
    int last = -1;
    Key lastKey = null;
    for (int i = 0; i < found.length; i++) {
      Tree.Found candidate = found[i];
      if (candidate != null && (lastKey == null || candidate.key().compareTo(lastKey) > 0)) {
        last = i;
        lastKey = candidate.key();
      }
    }
    return last;
  }

  private Tree.@Nullable Found floorIn(int source, Key at, boolean inclusive) {
    if (source < layers.size()) {
      Map.Entry<Key, Value> entry =
          inclusive
              ? layers.get(source).ordered().floorEntry(at)
              : layers.get(source).ordered().lowerEntry(at);
      return entry == null ? null : new Tree.Found(entry.getKey(), entry.getValue());
    }
    return inclusive ? base.floor(at) : base.lower(at);
  }
}
