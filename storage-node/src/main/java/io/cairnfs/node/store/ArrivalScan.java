package io.cairnfs.node.store;

import io.cairnfs.node.rocks.RocksDatabase;
import java.util.ArrayList;
import java.util.List;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;

/** Reads pages of the arrival log. */
final class ArrivalScan {

  private ArrivalScan() {}

  /** Up to {@code limit} arrivals after one sequence, up to another, inclusive. */
  static ArrivalPage page(RocksDatabase database, long after, long upTo, int limit)
      throws RocksDBException {
    List<Arrival> arrivals = new ArrayList<>();
    if (after >= upTo) {
      return new ArrivalPage(arrivals, Math.max(after, upTo), false);
    }
    try (RocksIterator iterator = database.db().newIterator(database.handle(Columns.ARRIVALS))) {
      for (iterator.seek(Columns.arrivalKey(after + 1)); iterator.isValid(); iterator.next()) {
        Arrival arrival = Columns.arrival(iterator.key(), iterator.value());
        if (arrival.sequence() > upTo) {
          break;
        }
        if (arrivals.size() == limit) {
          return new ArrivalPage(arrivals, arrivals.getLast().sequence(), true);
        }
        arrivals.add(arrival);
      }
      iterator.status();
    }
    return new ArrivalPage(arrivals, upTo, false);
  }
}
