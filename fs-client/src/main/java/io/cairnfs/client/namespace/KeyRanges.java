package io.cairnfs.client.namespace;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A set of half-open ranges of keys; ranges that touch become one. Not thread-safe. */
final class KeyRanges {

  private final TreeMap<Key, Key> endByStart = new TreeMap<>();

  boolean isEmpty() {
    return endByStart.isEmpty();
  }

  void add(Key from, Key to) {
    Key start = from;
    Key end = to;
    Map.Entry<Key, Key> before = endByStart.floorEntry(from);
    if (before != null && before.getValue().compareTo(from) >= 0) {
      start = before.getKey();
      end = max(end, before.getValue());
    }
    Map.Entry<Key, Key> next = endByStart.higherEntry(start);
    while (next != null && next.getKey().compareTo(end) <= 0) {
      end = max(end, next.getValue());
      endByStart.remove(next.getKey());
      next = endByStart.higherEntry(start);
    }
    endByStart.put(start, end);
  }

  private static Key max(Key one, Key other) {
    return one.compareTo(other) >= 0 ? one : other;
  }

  /** The range, start and end, that holds a key, or null. */
  Map.@Nullable Entry<Key, Key> containing(Key key) {
    if (endByStart.isEmpty()) {
      return null;
    }
    Map.Entry<Key, Key> range = endByStart.floorEntry(key);
    return range != null && key.compareTo(range.getValue()) < 0 ? range : null;
  }

  /** Whether any range has a key from {@code from} on and before {@code to}; null: no bound. */
  boolean intersects(@Nullable Key from, @Nullable Key to) {
    if (endByStart.isEmpty()) {
      return false;
    }
    Map.Entry<Key, Key> last = to == null ? endByStart.lastEntry() : endByStart.lowerEntry(to);
    return last != null && (from == null || last.getValue().compareTo(from) > 0);
  }

  /** Whether one range has all keys from {@code from} on and before {@code to}; null: no bound. */
  boolean covers(@Nullable Key from, @Nullable Key to) {
    if (from == null) {
      return false;
    }
    Map.Entry<Key, Key> range = containing(from);
    return range != null && range.getValue().compareTo(to == null ? Key.END : to) >= 0;
  }

  /** The ranges by their starts, not to be changed. */
  Map<Key, Key> asMap() {
    return endByStart;
  }
}
