package io.cairnfs.node.head;

import io.cairnfs.protocol.head.VolumeId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A journal whose process dies when it is told to, before or after a write reached the disk, and
 * loses what was not synced. It also keeps everything that ever survived, so that a test can replay
 * from the very beginning.
 */
final class CrashingJournal implements Journal {

  /** The process died. */
  static final class Crash extends IOException {}

  private final RandomGenerator random;
  private final TreeMap<Long, Entry> archive = new TreeMap<>();
  private final List<Entry> unsynced = new ArrayList<>();
  private final MemoryJournal disk = new MemoryJournal();
  private double crashProbability;

  CrashingJournal(RandomGenerator random) {
    this.random = random;
  }

  void setCrashProbability(double probability) {
    crashProbability = probability;
  }

  @Override
  public void append(List<Entry> entries, boolean durable) throws IOException {
    if (random.nextDouble() < crashProbability) {
      throw new Crash();
    }
    unsynced.addAll(entries);
    if (durable) {
      sync(unsynced.size());
    }
    if (random.nextDouble() < crashProbability) {
      throw new Crash();
    }
  }

  private void sync(int count) {
    List<Entry> synced = unsynced.subList(0, count);
    disk.append(synced, true);
    synced.forEach(entry -> archive.put(entry.index(), entry));
    synced.clear();
  }

  /** What a dead process leaves: some part of what was not synced may be on disk. */
  void crash() {
    sync(random.nextInt(unsynced.size() + 1));
    unsynced.clear();
  }

  @Override
  public byte @Nullable [] bodies(VolumeId volume, long index) {
    for (Entry entry : unsynced) {
      Bodies bodies = entry.bodies();
      if (entry.index() == index && bodies != null) {
        return bodies.joined();
      }
    }
    return disk.bodies(volume, index);
  }

  @Override
  public List<byte[]> snapshot() {
    return disk.snapshot();
  }

  @Override
  public void replay(long after, Replay replay) throws IOException {
    disk.replay(after, replay);
    for (Entry entry : unsynced) {
      replay.command(entry.index(), entry.command());
    }
  }

  @Override
  public void save(long index, List<byte[]> snapshot, Map<VolumeId, Long> oldestBodies)
      throws IOException {
    sync(unsynced.size());
    if (random.nextDouble() < crashProbability) {
      throw new Crash();
    }
    disk.save(index, snapshot, oldestBodies);
  }

  /** A journal with every command since the beginning and no snapshot. */
  Journal fromTheBeginning() {
    MemoryJournal whole = new MemoryJournal();
    whole.append(List.copyOf(archive.values()), true);
    whole.append(unsynced, true);
    return whole;
  }

  @Override
  public void close() {}
}
