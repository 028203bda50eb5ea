package io.cairnfs.node.store.segment;

/**
 * Where a record begins, or where the log ends. Places are ordered as the log was written.
 *
 * @param segment the number of the file, at least 1; 0 for a log in which nothing was ever written
 * @param offset in the file, in bytes; a multiple of {@link RecordHeader#ALIGNMENT}
 */
public record Place(int segment, long offset) {

  /** The beginning of the log. */
  public static final Place START = new Place(0, 0);

  public Place {
    if (segment < 0 || offset < 0 || offset % RecordHeader.ALIGNMENT != 0) {
      throw new IllegalArgumentException("no place: " + segment + ":" + offset);
    }
  }

  /** The place that follows a record with a body of so many bytes. */
  public Place after(int bodyBytes) {
    return new Place(segment, offset + RecordHeader.recordBytes(bodyBytes));
  }
}
