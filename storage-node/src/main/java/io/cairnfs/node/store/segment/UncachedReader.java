package io.cairnfs.node.store.segment;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * Reads bodies past the page cache, so that who reads everything pushes nothing out that others
 * use, and sees what the disk has rather than what memory has of it. One body at a time, by one
 * buffer; thread-safe.
 */
final class UncachedReader {

  private final SegmentDirectory directory;
  private @Nullable ByteBuffer buffer;

  UncachedReader(SegmentDirectory directory) {
    this.directory = directory;
  }

  /**
   * @param otherwise reads where the file system cannot do without its cache
   */
  synchronized byte[] read(SegmentReader otherwise, Place record, int length) throws IOException {
    FileChannel channel = open(record.segment());
    if (channel == null) {
      return otherwise.read(record, 0, length);
    }
    try (channel) {
      int pages = Math.ceilDiv(length, RecordHeader.ALIGNMENT) * RecordHeader.ALIGNMENT;
      ByteBuffer target = buffer(pages);
      SegmentReader.fill(channel, target, record.offset() + RecordHeader.ALIGNMENT);
      byte[] bytes = new byte[length];
      target.flip().get(bytes);
      return bytes;
    }
  }

  private @Nullable FileChannel open(int segment) throws IOException {
    if (RecordHeader.ALIGNMENT % directory.blockBytes() != 0) {
      return null;
    }
    try {
      return FileChannel.open(
          directory.path(segment), StandardOpenOption.READ, DirectOption.DIRECT);
    } catch (NoSuchFileException e) {
      throw e;
    } catch (IOException | UnsupportedOperationException e) {
      return null; // not every file system has it
    }
  }

  private ByteBuffer buffer(int bytes) {
    ByteBuffer kept = buffer;
    if (kept == null || kept.capacity() < bytes) {
      kept =
          ByteBuffer.allocateDirect(bytes + RecordHeader.ALIGNMENT)
              .alignedSlice(RecordHeader.ALIGNMENT);
      buffer = kept;
    }
    return kept.clear().limit(bytes);
  }
}
