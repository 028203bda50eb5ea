package io.cairnfs.node.store.segment;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Appends records to the last segment and begins a new one when that is full. Nothing is durable
 * before {@link #force}; after an exception, whatever was appended since the last one is lost.
 * Confined to one thread.
 *
 * <p>Bodies bypass the page cache where the file system can do that: they are gathered in one
 * aligned buffer, from which the disk takes them.
 */
public final class SegmentWriter implements AutoCloseable {

  /** So large that the disk gets long requests, so small that it stays in the processor's cache. */
  private static final int STAGING_BYTES = 1 << 20;

  private final SegmentDirectory directory;
  private final long segmentBytes;
  private final boolean direct;
  private final ByteBuffer staging =
      ByteBuffer.allocateDirect(STAGING_BYTES + RecordHeader.ALIGNMENT)
          .alignedSlice(RecordHeader.ALIGNMENT);

  /** The last segment, open for appending; null when the next record begins one. */
  private @Nullable FileChannel channel;

  private int segment;
  private long writtenBytes;
  private long durableBytes;
  private boolean nameDurable;

  /**
   * @param end where the log ends, found by {@link SegmentScan}; what the file has after it is cut
   *     off
   * @param last the largest number that a segment has
   * @param segmentBytes a segment that has reached this length is full
   */
  public SegmentWriter(SegmentDirectory directory, Place end, int last, long segmentBytes)
      throws IOException {
    this.directory = directory;
    this.segmentBytes = segmentBytes;
    this.direct = canBypassCache(directory);
    this.segment = last;
    if (end.segment() == last && end.segment() > 0 && directory.sizeBytes(last) >= end.offset()) {
      channel = open(false);
      channel.truncate(end.offset());
      writtenBytes = end.offset();
      durableBytes = end.offset();
      nameDurable = end.offset() > 0;
    }
  }

  private static boolean canBypassCache(SegmentDirectory directory) throws IOException {
    return RecordHeader.ALIGNMENT % directory.blockBytes() == 0;
  }

  private FileChannel open(boolean create) throws IOException {
    Set<OpenOption> options = new HashSet<>();
    options.add(StandardOpenOption.WRITE);
    if (create) {
      options.add(StandardOpenOption.CREATE_NEW);
    }
    if (direct) {
      try {
        options.add(DirectOption.DIRECT);
        return FileChannel.open(directory.path(segment), options);
      } catch (IOException | UnsupportedOperationException e) {
        // Not every file system has it; one that made the file before it refused has it now.
        options.remove(DirectOption.DIRECT);
        if (create) {
          Files.deleteIfExists(directory.path(segment));
        }
      }
    }
    return FileChannel.open(directory.path(segment), options);
  }

  /**
   * Where the next record goes, once a put of so many bytes of records has room: records of one put
   * are never in two segments.
   *
   * @throws IOException if the segment before cannot be made durable
   */
  public Place begin(long recordBytes) throws IOException {
    if (channel != null && position() > 0 && position() + recordBytes > segmentBytes) {
      finish();
    }
    if (channel == null) {
      segment++;
      channel = open(true);
      writtenBytes = 0;
      durableBytes = 0;
      nameDurable = false;
    }
    return end();
  }

  /** Appends a record. */
  public void append(RecordHeader header, byte[] body) throws IOException {
    require(RecordHeader.ALIGNMENT);
    header.encode(segment, staging);
    for (int done = 0; done < body.length; ) {
      require(RecordHeader.ALIGNMENT);
      int length = Math.min(staging.remaining(), body.length - done);
      staging.put(body, done, length);
      done += length;
    }
    RecordHeader.pad(staging, align(staging.position()));
  }

  private static int align(int position) {
    return Math.ceilDiv(position, RecordHeader.ALIGNMENT) * RecordHeader.ALIGNMENT;
  }

  private void require(int bytes) throws IOException {
    if (staging.remaining() < bytes) {
      drain();
    }
  }

  private void drain() throws IOException {
    staging.flip();
    while (staging.hasRemaining()) {
      writtenBytes += current().write(staging, writtenBytes);
    }
    staging.clear();
  }

  private FileChannel current() throws IOException {
    if (channel == null) {
      throw new IOException("no segment was begun");
    }
    return channel;
  }

  private long position() {
    return writtenBytes + staging.position();
  }

  /** Where the next record would go now. */
  public Place end() {
    return new Place(segment, position());
  }

  /** Puts all records on the disk. */
  public void force() throws IOException {
    if (position() == durableBytes) {
      return;
    }
    drain();
    current().force(false);
    if (!nameDurable) {
      directory.sync();
      nameDurable = true;
    }
    durableBytes = writtenBytes;
  }

  /**
   * Gives up what is not durable. The segment is not written to again: the kernel forgets which
   * pages it could not write, and a later sync would not tell.
   */
  public void abandon() {
    staging.clear();
    FileChannel abandoned = channel;
    channel = null;
    if (abandoned == null) {
      return;
    }
    try (abandoned) {
      if (durableBytes == 0) {
        directory.delete(segment);
      } else {
        abandoned.truncate(durableBytes);
      }
    } catch (IOException e) {
      // The index points to nothing of it, and the next start looks behind the last entry only.
    } finally {
      writtenBytes = durableBytes;
    }
  }

  /** Puts all records on the disk; the next one begins another segment. */
  public void finish() throws IOException {
    force();
    seal();
  }

  private void seal() throws IOException {
    FileChannel full = channel;
    channel = null;
    if (full != null) {
      full.close();
    }
  }

  /** Whether more may be appended to a segment. */
  public boolean isOpen(int number) {
    return channel != null && number == segment;
  }

  /** Closes the file; what is not durable is lost. */
  @Override
  public void close() {
    staging.clear();
    try {
      seal();
    } catch (IOException e) {
      // Everything that was acknowledged is on the disk.
    }
  }
}
