package io.cairnfs.node.store;

import io.cairnfs.node.rocks.RocksDatabase;
import io.cairnfs.protocol.identity.Key256;
import java.util.ArrayList;
import java.util.List;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;

/** Reads the index in the order of its keys. */
final class IndexScan {

  private IndexScan() {}

  /** Up to {@code limit} blocks from one key on, inclusive. */
  static List<ListedBlock> page(RocksDatabase database, Key256 from, int limit)
      throws RocksDBException {
    List<ListedBlock> page = new ArrayList<>();
    try (RocksIterator iterator = database.db().newIterator(database.handle(Columns.INDEX))) {
      for (iterator.seek(from.toBytes());
          page.size() < limit && iterator.isValid();
          iterator.next()) {
        page.add(
            new ListedBlock(
                Key256.of(iterator.key()), IndexEntry.decode(iterator.value()).toStat()));
      }
      iterator.status();
    }
    return page;
  }
}
