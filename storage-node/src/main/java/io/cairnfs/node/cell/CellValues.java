package io.cairnfs.node.cell;

import io.cairnfs.dht.core.Value;
import io.cairnfs.node.head.CheckpointValues;
import io.cairnfs.node.head.FoundingValues;
import io.cairnfs.protocol.cell.CellRecord;
import org.jspecify.annotations.Nullable;

/** Records of cells as values of the DHT, under the ids of the cells. */
public final class CellValues {

  private CellValues() {}

  public static Value of(CellRecord record) {
    return new Value(record.id().key(), record.epoch(), record.encode());
  }

  /** The record, if the value is one with all its signatures, and it is where it belongs. */
  public static @Nullable CellRecord read(Value value) {
    try {
      CellRecord record = CellRecord.decode(value.bytes());
      return value.equals(of(record)) ? record : null;
    } catch (IllegalArgumentException e) {
      return null; // no record at all
    }
  }

  /**
   * Whether a value of a cluster is what its owner signed: a founding record, a cell's, or a
   * checkpoint.
   */
  public static boolean isValid(Value value) {
    return FoundingValues.isValid(value)
        || read(value) != null
        || CheckpointValues.read(value) != null;
  }
}
