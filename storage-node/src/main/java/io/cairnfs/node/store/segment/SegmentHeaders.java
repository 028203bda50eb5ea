package io.cairnfs.node.store.segment;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads which records a segment has, without their bodies. */
public final class SegmentHeaders {

  /** A record, and where it is. */
  public record Placed(RecordHeader header, Place place) {}

  private SegmentHeaders() {}

  /** The records of a full segment, in order, up to the first that cannot be read. */
  public static List<Placed> read(SegmentDirectory directory, int segment) throws IOException {
    List<Placed> records = new ArrayList<>();
    try (FileChannel channel = FileChannel.open(directory.path(segment), StandardOpenOption.READ)) {
      Place place = new Place(segment, 0);
      for (RecordHeader header = header(channel, place);
          header != null;
          header = header(channel, place)) {
        records.add(new Placed(header, place));
        place = place.after(header.sizeBytes());
      }
    }
    return records;
  }

  private static @Nullable RecordHeader header(FileChannel channel, Place place)
      throws IOException {
    if (place.offset() + RecordHeader.ALIGNMENT > channel.size()) {
      return null;
    }
    ByteBuffer page = ByteBuffer.allocate(RecordHeader.ALIGNMENT);
    SegmentReader.fill(channel, page, place.offset());
    return RecordHeader.decode(place.segment(), page.flip());
  }
}
