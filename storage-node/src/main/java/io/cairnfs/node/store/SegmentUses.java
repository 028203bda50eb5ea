package io.cairnfs.node.store;

import io.cairnfs.node.rocks.RocksDatabase;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;

/** How much of each segment is alive. Confined to the writer's thread. */
final class SegmentUses {

  private final Map<Integer, SegmentUse> uses = new HashMap<>();

  /** Segments of which nothing is alive any more, and whose files are still to be removed. */
  private final Set<Integer> dead = new HashSet<>();

  static SegmentUses read(RocksDatabase database) throws RocksDBException {
    SegmentUses read = new SegmentUses();
    try (RocksIterator iterator = database.db().newIterator(database.handle(Columns.SEGMENTS))) {
      for (iterator.seekToFirst(); iterator.isValid(); iterator.next()) {
        read.uses.put(Columns.segment(iterator.key()), SegmentUse.decode(iterator.value()));
      }
      iterator.status();
    }
    return read;
  }

  SegmentUse of(int segment) {
    return uses.getOrDefault(segment, SegmentUse.NONE);
  }

  void apply(Map<Integer, SegmentUse> changes) {
    changes.forEach(
        (segment, use) -> {
          if (use.records() > 0) {
            uses.put(segment, use);
            dead.remove(segment);
          } else {
            uses.remove(segment);
            dead.add(segment);
          }
        });
  }

  /** Every segment of which something is alive. */
  Map<Integer, SegmentUse> alive() {
    return uses;
  }

  Set<Integer> dead() {
    return dead;
  }
}
