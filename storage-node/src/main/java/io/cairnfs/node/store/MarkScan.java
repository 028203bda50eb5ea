package io.cairnfs.node.store;

import io.cairnfs.node.rocks.RocksDatabase;
import java.util.ArrayList;
import java.util.List;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;

/** Reads ranges of the marks column. */
final class MarkScan {

  private MarkScan() {}

  /** Up to {@code limit} keys with a prefix, from one on, inclusive. */
  static List<byte[]> keys(RocksDatabase database, byte[] prefix, byte[] from, int limit)
      throws RocksDBException {
    List<byte[]> keys = new ArrayList<>();
    try (RocksIterator iterator = database.db().newIterator(database.handle(Columns.MARKS))) {
      for (iterator.seek(from);
          keys.size() < limit && iterator.isValid() && Columns.hasPrefix(iterator.key(), prefix);
          iterator.next()) {
        keys.add(iterator.key());
      }
      iterator.status();
    }
    return keys;
  }

  /** How many keys have a prefix, counting no further than {@code limit}. */
  static int count(RocksDatabase database, byte[] prefix, int limit) throws RocksDBException {
    return keys(database, prefix, prefix, limit).size();
  }
}
