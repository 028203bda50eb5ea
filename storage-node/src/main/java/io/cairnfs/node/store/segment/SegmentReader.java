package io.cairnfs.node.store.segment;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Reads parts of bodies, through the page cache. Keeps the files that were used last open.
 * Thread-safe; its callers' threads are not interrupted, which would close a file under the others.
 */
public final class SegmentReader implements AutoCloseable {

  private final SegmentDirectory directory;
  private final int maxOpen;
  private final UncachedReader uncached;
  private final Map<Integer, FileChannel> open = new LinkedHashMap<>(16, 0.75f, true);
  private boolean closed;

  /**
   * @param maxOpen how many files are kept open
   */
  public SegmentReader(SegmentDirectory directory, int maxOpen) {
    this.directory = directory;
    this.maxOpen = maxOpen;
    this.uncached = new UncachedReader(directory);
  }

  /**
   * Bytes of a body, not verified.
   *
   * @throws java.nio.file.NoSuchFileException if the segment is not there
   * @throws EOFException if it is too short
   */
  public byte[] read(Place record, int offset, int length) throws IOException {
    byte[] bytes = new byte[length];
    long position = record.offset() + RecordHeader.ALIGNMENT + offset;
    while (true) {
      try {
        fill(channel(record.segment()), ByteBuffer.wrap(bytes), position);
        return bytes;
      } catch (ClosedChannelException e) {
        // Others needed more files than may be open, or the segment was removed.
      }
    }
  }

  /**
   * A whole body, not verified, as the disk has it: past the page cache where the file system
   * allows that.
   *
   * @throws java.nio.file.NoSuchFileException if the segment is not there
   * @throws EOFException if it is too short
   */
  public byte[] readFromDisk(Place record, int length) throws IOException {
    return uncached.read(this, record, length);
  }

  static void fill(FileChannel channel, ByteBuffer target, long position) throws IOException {
    long at = position;
    while (target.hasRemaining()) {
      int count = channel.read(target, at);
      if (count < 0) {
        throw new EOFException("a segment ends before byte " + at);
      }
      at += count;
    }
  }

  private synchronized FileChannel channel(int segment) throws IOException {
    if (closed) {
      throw new IOException("closed");
    }
    FileChannel there = open.get(segment);
    if (there != null) {
      return there;
    }
    FileChannel channel = FileChannel.open(directory.path(segment), StandardOpenOption.READ);
    open.put(segment, channel);
    if (open.size() > maxOpen) {
      forget(open.keySet().iterator().next());
    }
    return channel;
  }

  /** Closes the file of a segment that is to be removed. */
  public synchronized void forget(int segment) throws IOException {
    FileChannel channel = open.remove(segment);
    if (channel != null) {
      channel.close();
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    for (FileChannel channel : open.values()) {
      try {
        channel.close();
      } catch (IOException e) {
        // Nothing was written through it.
      }
    }
    open.clear();
  }
}
