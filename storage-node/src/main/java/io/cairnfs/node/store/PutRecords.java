package io.cairnfs.node.store;

import io.cairnfs.node.store.segment.Place;
import io.cairnfs.node.store.segment.RecordHeader;
import io.cairnfs.node.store.segment.SegmentWriter;
import io.cairnfs.protocol.block.Claim;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Gathers the records of one put, whose headers tell how many they are. */
final class PutRecords {

  private record Planned(
      PreparedBlock prepared, long arrival, int replication, @Nullable Claim claim) {}

  private final List<Planned> records = new ArrayList<>();
  private Place end;
  private boolean logDecides;

  /**
   * @param start where the first of them will be
   */
  PutRecords(Place start) {
    this.end = start;
  }

  /**
   * Adds a record.
   *
   * @param arrival the block's new number; 0 if it keeps the one that it has
   * @param claim what holds it from now on; null for nothing that was not there before
   * @return where it will be
   */
  Place add(PreparedBlock prepared, long arrival, int replication, @Nullable Claim claim) {
    Place place = end;
    records.add(new Planned(prepared, arrival, replication, claim));
    end = place.after(prepared.sizeBytes());
    return place;
  }

  /** Notes that the put does something that its records do not tell. */
  void letLogDecide() {
    logDecides = true;
  }

  boolean logDecides() {
    return logDecides;
  }

  void appendTo(SegmentWriter segments) throws IOException {
    int following = records.size();
    for (Planned record : records) {
      following--;
      PreparedBlock prepared = record.prepared();
      segments.append(
          new RecordHeader(
              prepared.digest(),
              prepared.sizeBytes(),
              record.arrival(),
              record.replication(),
              following,
              logDecides,
              record.claim()),
          prepared.block().bytes());
    }
  }
}
