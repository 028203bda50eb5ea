package io.cairnfs.client.namespace;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NoSuchElementException;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Changes over whatever lies below: values, absences, and ranges that are cleared. Keys that are
 * only ever looked up are in a hash table, those that are also walked in a sorted map; names are in
 * both. Not thread-safe.
 */
final class Layer {

  private final HashMap<Key, Value> points = new HashMap<>();
  private final TreeMap<Key, Value> ordered = new TreeMap<>();
  private final KeyRanges cleared = new KeyRanges();

  private static boolean isPoint(Key key) {
    return key.kind() == Key.INODE
        || key.kind() == Key.TIMES
        || key.kind() == Key.PARENT
        || key.kind() == Key.ENTRY;
  }

  private static boolean isOrdered(Key key) {
    return key.kind() == Key.ENTRY || !isPoint(key);
  }

  boolean isEmpty() {
    return points.isEmpty() && ordered.isEmpty() && cleared.isEmpty();
  }

  /** What this layer says of a key: a value, {@link Value.Absent}, or null for nothing. */
  @Nullable Value get(Key key) {
    if (isPoint(key)) {
      return points.get(key);
    }
    Value value = ordered.get(key);
    return value == null && cleared.containing(key) != null ? Value.Absent.ABSENT : value;
  }

  void put(Key key, Value value) {
    if (isPoint(key)) {
      points.put(key, value);
    }
    if (isOrdered(key)) {
      ordered.put(key, value);
    }
  }

  /** Clears a range of extents or of extended attributes. */
  void clear(Key from, Key to) {
    ordered.subMap(from, true, to, false).clear();
    cleared.add(from, to);
  }

  KeyRanges cleared() {
    return cleared;
  }

  /** The ordered kinds of keys, absences included. */
  NavigableMap<Key, Value> ordered() {
    return ordered;
  }

  /** Takes over all that a newer layer says. */
  void addAll(Layer newer) {
    newer.cleared.asMap().forEach(this::clear);
    newer.points.forEach(
        (key, value) -> {
          points.put(key, value);
          if (isOrdered(key)) {
            ordered.put(key, value);
          }
        });
    newer.ordered.forEach(
        (key, value) -> {
          if (!isPoint(key)) {
            ordered.put(key, value);
          }
        });
  }

  /** All entries by key, absences included. */
  List<Map.Entry<Key, Value>> sorted() {
    List<Map.Entry<Key, Value>> entries = new ArrayList<>(points.size() + ordered.size());
    points.forEach(
        (key, value) -> {
          if (!isOrdered(key)) {
            entries.add(Map.entry(key, value));
          }
        });
    entries.addAll(ordered.entrySet());
    entries.sort(Map.Entry.comparingByKey());
    return entries;
  }

  Cursor cursor(Key from) {
    return new LayerCursor(from);
  }

  private final class LayerCursor implements Cursor {

    private Map.@Nullable Entry<Key, Value> entry;

    private LayerCursor(Key from) {
      entry = ordered.ceilingEntry(from);
    }

    @Override
    public boolean isValid() {
      return entry != null;
    }

    private Map.Entry<Key, Value> entry() {
      Map.Entry<Key, Value> here = entry;
      if (here == null) {
        throw new NoSuchElementException();
      }
      return here;
    }

    @Override
    public Key key() {
      return entry().getKey();
    }

    @Override
    public Value value() {
      return entry().getValue();
    }

    @Override
    public void next() {
      entry = ordered.higherEntry(entry().getKey());
    }

    @Override
    public void seek(Key to) {
      entry = ordered.ceilingEntry(to);
    }
  }
}
