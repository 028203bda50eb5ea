package io.cairnfs.it;

import io.cairnfs.node.head.Journal;
import io.cairnfs.protocol.head.VolumeId;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A journal that claims to be durable and is not: what a forgotten sync would be. */
record DurabilityUnsyncedJournal(Journal journal) implements Journal {

  @Override
  public void append(List<Entry> entries, boolean durable) throws IOException {
    journal.append(entries, false);
  }

  @Override
  public byte @Nullable [] bodies(VolumeId volume, long index) throws IOException {
    return journal.bodies(volume, index);
  }

  @Override
  public List<byte[]> snapshot() throws IOException {
    return journal.snapshot();
  }

  @Override
  public void replay(long after, Replay replay) throws IOException {
    journal.replay(after, replay);
  }

  @Override
  public void save(long index, List<byte[]> snapshot, Map<VolumeId, Long> oldestBodies)
      throws IOException {
    journal.save(index, snapshot, oldestBodies);
  }

  @Override
  public void close() {
    journal.close();
  }
}
