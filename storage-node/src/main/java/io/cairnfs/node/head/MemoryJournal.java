package io.cairnfs.node.head;

import io.cairnfs.protocol.head.VolumeId;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A journal in memory, for tests: it survives the heads on it, not the process. Thread-safe. */
public final class MemoryJournal implements Journal {

  private final TreeMap<Long, byte[]> commands = new TreeMap<>();
  private final Map<VolumeId, TreeMap<Long, byte[]>> bodies = new HashMap<>();
  private List<byte[]> snapshot = List.of();

  @Override
  public synchronized void append(List<Entry> entries, boolean durable) {
    for (Entry entry : entries) {
      commands.put(entry.index(), entry.command());
      Bodies added = entry.bodies();
      if (added != null) {
        bodies
            .computeIfAbsent(added.volume(), _ -> new TreeMap<>())
            .put(added.index(), added.joined());
      }
    }
  }

  @Override
  public synchronized byte @Nullable [] bodies(VolumeId volume, long index) {
    TreeMap<Long, byte[]> kept = bodies.get(volume);
    return kept == null ? null : kept.get(index);
  }

  @Override
  public synchronized List<byte[]> snapshot() {
    return snapshot;
  }

  @Override
  public void replay(long after, Replay replay) throws IOException {
    TreeMap<Long, byte[]> kept;
    synchronized (this) {
      kept = new TreeMap<>(commands.tailMap(after, false));
    }
    for (Map.Entry<Long, byte[]> entry : kept.entrySet()) {
      replay.command(entry.getKey(), entry.getValue());
    }
  }

  @Override
  public synchronized void save(
      long index, List<byte[]> records, Map<VolumeId, Long> oldestBodies) {
    snapshot = List.copyOf(records);
    commands.headMap(index, true).clear();
    oldestBodies.forEach(
        (volume, oldest) -> {
          TreeMap<Long, byte[]> kept = bodies.get(volume);
          if (kept != null) {
            kept.headMap(oldest, false).clear();
          }
        });
  }

  /** How many commands and bodies are kept. */
  public synchronized int size() {
    return commands.size() + bodies.values().stream().mapToInt(TreeMap::size).sum();
  }

  @Override
  public void close() {}
}
