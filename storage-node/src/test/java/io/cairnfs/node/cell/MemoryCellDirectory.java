package io.cairnfs.node.cell;

import io.cairnfs.protocol.cell.CellId;
import io.cairnfs.protocol.cell.CellRecord;
import io.cairnfs.protocol.head.Founding;
import io.cairnfs.protocol.head.VolumeId;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Records of cells in memory. */
public final class MemoryCellDirectory implements CellDirectory {

  private final Map<CellId, CellRecord> records = new ConcurrentHashMap<>();
  private final Map<VolumeId, Founding> places = new ConcurrentHashMap<>();

  @Override
  public Optional<CellRecord> find(CellId cell, Duration timeout) {
    return Optional.ofNullable(records.get(cell));
  }

  @Override
  public boolean publish(CellRecord record, Duration timeout) {
    CellRecord checked = CellRecord.decode(record.encode());
    records.merge(
        checked.id(), checked, (old, latest) -> old.epoch() > latest.epoch() ? old : latest);
    return true;
  }

  @Override
  public boolean publish(Founding founding, Duration timeout) {
    places.put(founding.volume(), founding);
    return true;
  }

  /** Where a volume that has moved is. */
  @Nullable Founding place(VolumeId volume) {
    return places.get(volume);
  }

  Collection<CellRecord> all() {
    return List.copyOf(records.values());
  }
}
