package io.cairnfs.client.cli;

import io.cairnfs.node.cell.CellDirectory;
import io.cairnfs.protocol.cell.CellId;
import io.cairnfs.protocol.cell.CellLimits;
import io.cairnfs.protocol.cell.CellRecord;
import io.cairnfs.protocol.identity.NodeId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Who votes in cells, remembered for a while: members change rarely, one at a time, and say who
 * leads, so that an old answer is of use too. Thread-safe.
 */
final class CellLookup {

  private static final Duration FRESH = Duration.ofSeconds(10);

  /** A cell that has fewer members than it should is about to get more. */
  private static final Duration GROWING_FRESH = Duration.ofSeconds(1);

  private static final Duration FIND = Duration.ofSeconds(3);

  private record Known(CellRecord record, long sinceNanos) {

    boolean isFresh() {
      boolean grown = record.members().size() >= CellLimits.MEMBERS;
      Duration fresh = grown ? FRESH : GROWING_FRESH;
      return System.nanoTime() - sinceNanos < fresh.toNanos();
    }
  }

  private final CellDirectory directory;
  private final Map<CellId, Known> cells = new ConcurrentHashMap<>();

  CellLookup(CellDirectory directory) {
    this.directory = directory;
  }

  /** The members of a cell; none if nobody knows it. */
  List<NodeId> members(CellId cell) throws InterruptedException {
    Known known = cells.get(cell);
    if (known == null) {
      return refresh(cell);
    }
    if (!known.isFresh() && cells.replace(cell, known, again(known))) {
      var unused = Thread.ofVirtual().name("cell-lookup").start(() -> refreshQuietly(cell));
    }
    return known.record().members();
  }

  /** So that one caller looks it up, and the others go on. */
  private static Known again(Known known) {
    return new Known(known.record(), System.nanoTime());
  }

  private void refreshQuietly(CellId cell) {
    try {
      refresh(cell);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private List<NodeId> refresh(CellId cell) throws InterruptedException {
    Optional<CellRecord> found = directory.find(cell, FIND);
    found.ifPresent(record -> cells.put(cell, new Known(record, System.nanoTime())));
    return found.map(CellRecord::members).orElse(List.of());
  }
}
