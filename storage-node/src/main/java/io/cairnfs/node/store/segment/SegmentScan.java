package io.cairnfs.node.store.segment;

import io.cairnfs.protocol.cid.Multihash;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds what a crash left behind the last record that the index knows: all puts whose records are
 * whole. In each segment it ends at the first record that is not; nothing after that was ever
 * acknowledged.
 */
public final class SegmentScan {

  /** A record that is whole. */
  public record Found(RecordHeader header, Place place, ChunkSums sums) {}

  /**
   * What was found.
   *
   * @param puts the records of each put
   * @param end where the last of them ends
   */
  public record Result(List<List<Found>> puts, Place end) {}

  private final SegmentDirectory directory;

  public SegmentScan(SegmentDirectory directory) {
    this.directory = directory;
  }

  /** Finds every whole put of a segment from an offset on, and makes them durable. */
  public Result run(Place from) throws IOException {
    // Only a channel for writing syncs what a process before this one wrote and did not sync.
    try (FileChannel channel =
        FileChannel.open(
            directory.path(from.segment()), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      List<List<Found>> found = new ArrayList<>();
      Place end = from;
      for (List<Found> put = next(channel, end); !put.isEmpty(); put = next(channel, end)) {
        found.add(put);
        Found last = put.getLast();
        end = last.place().after(last.header().sizeBytes());
      }
      if (!found.isEmpty()) {
        channel.force(false);
        directory.sync();
      }
      return new Result(found, end);
    }
  }

  /** The records of the put that begins at a place; none if they are not all there. */
  private static List<Found> next(FileChannel channel, Place start) throws IOException {
    List<Found> put = new ArrayList<>();
    Place place = start;
    int missing = 1;
    while (missing > 0) {
      Found record = read(channel, place);
      if (record == null || (!put.isEmpty() && record.header().following() != missing - 1)) {
        return List.of();
      }
      put.add(record);
      missing = record.header().following();
      place = place.after(record.header().sizeBytes());
    }
    return put;
  }

  private static @Nullable Found read(FileChannel channel, Place place) throws IOException {
    try {
      ByteBuffer page = ByteBuffer.allocate(RecordHeader.ALIGNMENT);
      SegmentReader.fill(channel, page, place.offset());
      RecordHeader header = RecordHeader.decode(place.segment(), page.flip());
      if (header == null) {
        return null;
      }
      byte[] body = new byte[header.sizeBytes()];
      SegmentReader.fill(channel, ByteBuffer.wrap(body), place.offset() + RecordHeader.ALIGNMENT);
      boolean whole = Multihash.ofSha256(header.digest().toBytes()).matches(body);
      return whole ? new Found(header, place, ChunkSums.of(body)) : null;
    } catch (EOFException e) {
      return null;
    }
  }
}
