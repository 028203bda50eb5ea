package io.cairnfs.node.cell;

import io.cairnfs.dht.core.Value;
import io.cairnfs.dht.driver.DhtNode;
import io.cairnfs.node.head.FoundingValues;
import io.cairnfs.protocol.cell.CellId;
import io.cairnfs.protocol.cell.CellRecord;
import io.cairnfs.protocol.head.Founding;
import io.cairnfs.protocol.transport.WireException;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The records of cells in the DHT. Thread-safe. */
public final class DhtCells implements CellDirectory {

  private static final Logger LOG = LoggerFactory.getLogger(DhtCells.class);

  private final DhtNode dht;

  public DhtCells(DhtNode dht) {
    this.dht = dht;
  }

  @Override
  public Optional<CellRecord> find(CellId cell, Duration timeout) throws InterruptedException {
    try {
      Value value = dht.getValue(cell.key(), timeout).value();
      return Optional.ofNullable(value).map(CellValues::read);
    } catch (WireException e) {
      LOG.debug("the record of cell {} cannot be read from the DHT", cell, e);
      return Optional.empty();
    }
  }

  @Override
  public boolean publish(CellRecord record, Duration timeout) throws InterruptedException {
    return publish(CellValues.of(record), timeout);
  }

  @Override
  public boolean publish(Founding founding, Duration timeout) throws InterruptedException {
    return publish(FoundingValues.of(founding), timeout);
  }

  private boolean publish(Value value, Duration timeout) throws InterruptedException {
    try {
      return dht.putValue(value, timeout).stored() > 0;
    } catch (WireException e) {
      LOG.debug("the record at {} is not in the DHT", value.key(), e);
      return false;
    }
  }
}
