package io.cairnfs.client.tidy;

import io.cairnfs.client.extent.FileExtent;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The files that were written to inside of a chunk, or found in pieces, and are to be looked at
 * once they are left alone. Bounded: what is forgotten, the next walk finds. Thread-safe.
 */
public final class TouchedFiles {

  static final int MAX_FILES = 1 << 14;

  private final LongSupplier clock;
  private final long quietNanos;
  private final Map<Long, Long> lastWritten = new LinkedHashMap<>();
  private long stores;

  /**
   * @param clock as {@link System#nanoTime}
   * @param quiet how long a file must not have been written to
   */
  public TouchedFiles(LongSupplier clock, Duration quiet) {
    this.clock = clock;
    this.quietNanos = quiet.toNanos();
  }

  /** Takes notice of extents that a program's writes have put into a file. */
  public synchronized void stored(long inode, List<FileExtent> extents) {
    stores++;
    if (lastWritten.containsKey(inode)
        || extents.stream().anyMatch(extent -> extent.offset() % Fragments.CHUNK_BYTES != 0)) {
      put(inode, clock.getAsLong());
    }
  }

  /** Notes a file that is in pieces. */
  synchronized void found(long inode) {
    if (!lastWritten.containsKey(inode)) {
      put(inode, clock.getAsLong() - quietNanos);
    }
  }

  private void put(long inode, long nanos) {
    if (lastWritten.containsKey(inode) || lastWritten.size() < MAX_FILES) {
      lastWritten.put(inode, nanos);
    }
  }

  /** Whether a file was not written to for long enough. */
  synchronized boolean isQuiet(long inode) {
    Long written = lastWritten.get(inode);
    return written == null || isQuiet(clock.getAsLong(), written);
  }

  private boolean isQuiet(long now, long written) {
    return now - written >= quietNanos;
  }

  /** Takes out a file that is quiet; null if there is none. */
  synchronized @Nullable Long next() {
    long now = clock.getAsLong();
    for (Map.Entry<Long, Long> file : lastWritten.entrySet()) {
      if (isQuiet(now, file.getValue())) {
        lastWritten.remove(file.getKey());
        return file.getKey();
      }
    }
    return null;
  }

  /** How often programs' writes were stored. */
  public synchronized long stores() {
    return stores;
  }
}
