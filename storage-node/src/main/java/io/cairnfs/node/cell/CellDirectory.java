package io.cairnfs.node.cell;

import io.cairnfs.protocol.cell.CellId;
import io.cairnfs.protocol.cell.CellRecord;
import io.cairnfs.protocol.head.Founding;
import java.time.Duration;
import java.util.Optional;

/** Where the records of cells can be found by everybody. Thread-safe. */
public interface CellDirectory {

  /**
   * The latest record that was found in time; empty if there is none, or it cannot be known now.
   */
  Optional<CellRecord> find(CellId cell, Duration timeout) throws InterruptedException;

  /** Returns whether others know the record from now on. */
  boolean publish(CellRecord record, Duration timeout) throws InterruptedException;

  /** Says where a volume is hosted from now on; returns as the other one. */
  boolean publish(Founding founding, Duration timeout) throws InterruptedException;
}
