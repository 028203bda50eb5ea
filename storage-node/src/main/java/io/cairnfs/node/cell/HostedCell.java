package io.cairnfs.node.cell;

import io.cairnfs.node.head.Hosted;
import io.cairnfs.protocol.cell.CellId;
import io.cairnfs.protocol.cell.CellRecord;
import io.cairnfs.protocol.cell.message.CellHistory;
import org.jspecify.annotations.Nullable;

/**
 * A cell that this node votes in, or is about to. Its parts but the record never change.
 *
 * <p>Thread-safe.
 */
final class HostedCell {

  private final CellId id;
  private final Hosted hosted;
  private final CellHistory founding;
  private final long sinceNanos = System.nanoTime();
  private volatile @Nullable CellRecord record;

  /**
   * @param founding what the founders are to sign; empty if this node came later
   * @param record null while there is none, or none is known here
   */
  HostedCell(CellId id, Hosted hosted, CellHistory founding, @Nullable CellRecord record) {
    this.id = id;
    this.hosted = hosted;
    this.founding = founding;
    this.record = record;
  }

  CellId id() {
    return id;
  }

  Hosted hosted() {
    return hosted;
  }

  CellHistory founding() {
    return founding;
  }

  long sinceNanos() {
    return sinceNanos;
  }

  @Nullable CellRecord record() {
    return record;
  }

  void setRecord(CellRecord newRecord) {
    record = newRecord;
  }
}
