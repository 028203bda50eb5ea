package io.cairnfs.client.content;

import io.cairnfs.client.block.BlockClient;
import io.cairnfs.client.block.BlockException;
import io.cairnfs.client.extent.FileExtent;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The content of one mounted volume: a facade over dirty files, packs, uploads, reads and
 * read-ahead. Thread-safe.
 *
 * <p>Writing: {@link #reserve}, {@link DirtyFile#write}, and when {@link DirtyFile#wantsFlush} (or
 * on close, fsync, or after the commit interval) {@link DirtyFile#flush}, whose extents go into the
 * namespace in one transaction, then {@link DirtyFile#flushed}. Blocks are uploaded in the
 * background; {@link io.cairnfs.client.extent.PendingBlock#durable} tells when, or why not.
 */
public final class Content implements AutoCloseable {

  private final DirtyBudget budget;
  private final Uploader uploader;
  private final Packer packer;
  private final Reader reader;
  private final Prefetcher prefetcher;
  private final ContentSettings settings;
  private final AtomicBoolean relieving = new AtomicBoolean();
  private volatile Runnable flushAll = () -> {};

  /**
   * @param blocks where blocks go and come from; its {@link BlockClient#peek} serves what is cached
   */
  public Content(BlockClient blocks, ContentSettings settings) {
    this.settings = settings;
    this.budget = new DirtyBudget(settings.dirtyBytes(), this::relieve);
    this.uploader = new Uploader(blocks, budget, settings);
    this.packer = new Packer(uploader, settings.packAge());
    this.reader = new Reader(blocks);
    this.prefetcher = new Prefetcher(blocks, settings.uploadTimeout());
  }

  /**
   * Sets what flushes the dirty files of the volume. It is called on a background thread, one call
   * at a time, when a writer waits for memory that dirty files hold.
   */
  public void onPressure(Runnable flushDirtyFiles) {
    flushAll = flushDirtyFiles;
  }

  /**
   * Takes room for dirty bytes, to be used up by {@link DirtyFile#write} or given back by {@link
   * #release}. Waits while too much is dirty or in flight: call it without holding a lock that a
   * flush needs.
   *
   * @throws BlockException if too little became durable before the current deadline
   * @throws io.cairnfs.client.wait.WouldBlockException instead of waiting, on an impatient thread
   */
  public void reserve(long bytes) throws BlockException, InterruptedException {
    budget.reserve(bytes);
  }

  /** Gives back what {@link #reserve} took and no write used. */
  public void release(long bytes) {
    budget.release(bytes);
  }

  /** Bytes that are reserved, dirty or in flight. */
  public long dirtyBytes() {
    return budget.used();
  }

  /** For a file that is about to be written to. */
  public DirtyFile newDirtyFile() {
    return new DirtyFile(budget, packer, uploader);
  }

  /** For a handle that was just opened. */
  public ReadAhead newReadAhead(ExtentSource source) {
    return new ReadAhead(prefetcher, source, settings.readAheadBytes());
  }

  /**
   * Fills the target, from its position to its limit, with the bytes of a file from an offset on;
   * what nothing covers is zeros. The caller has cut the target to the file's size.
   *
   * @param extents those that overlap the range, in order
   * @param dirty lies over them; null if there is none
   * @param readAhead of the handle; null for none
   * @throws BlockException if a block could not be read before the current deadline
   * @throws io.cairnfs.client.wait.WouldBlockException instead of waiting, on an impatient thread;
   *     the target may be used again
   */
  public void read(
      List<FileExtent> extents,
      @Nullable DirtyFile dirty,
      long offset,
      ByteBuffer target,
      @Nullable ReadAhead readAhead)
      throws BlockException, InterruptedException {
    reader.read(extents, dirty, offset, target, readAhead);
  }

  /** For bytes that are to lie elsewhere. */
  public Repack newRepack() {
    return new Repack(uploader, budget);
  }

  /** Sends the open pack on its way. Never waits. */
  public void push() {
    packer.push();
  }

  private void relieve() {
    if (relieving.compareAndSet(false, true)) {
      Thread.ofVirtual()
          .name("cairn-relief")
          .start(
              () -> {
                try {
                  flushAll.run();
                  packer.push();
                } finally {
                  relieving.set(false);
                }
              });
    }
  }

  /**
   * Stops background work. What is not durable is lost to this mount: flush, push and await it
   * before.
   */
  @Override
  public void close() {
    packer.push();
    uploader.close();
  }
}
