package io.cairnfs.node.store;

import io.cairnfs.node.store.StoreException.Reason;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Runs reads on a few platform threads, because a JNI call pins the carrier of a virtual one. A
 * caller on a platform thread reads by itself. Thread-safe; callers beyond the bound wait.
 */
final class ReadPool implements AutoCloseable {

  private static final int MAX_WAITING = 1024;

  /** A read takes milliseconds; one that takes longer than this has met a broken disk. */
  private static final long CLOSE_SECONDS = 30;

  /** A read of the database. */
  @FunctionalInterface
  interface Read<T> {
    T read() throws StoreException;
  }

  private final ExecutorService threads;
  private final Semaphore room = new Semaphore(MAX_WAITING);

  ReadPool(int readers) {
    this.threads =
        Executors.newFixedThreadPool(
            readers, Thread.ofPlatform().daemon().name("cairn-store-reader-", 0).factory());
  }

  <T> T run(Read<T> read) throws StoreException, InterruptedException {
    return run(read, Thread.currentThread().isVirtual());
  }

  /**
   * Runs a read of files, always on a thread of the pool: an interrupt of the thread that reads
   * would close the file under the others.
   */
  <T> T runApart(Read<T> read) throws StoreException, InterruptedException {
    return run(read, true);
  }

  private <T> T run(Read<T> read, boolean apart) throws StoreException, InterruptedException {
    room.acquire();
    try {
      if (threads.isShutdown()) {
        throw new StoreException(Reason.CLOSED, "the store is closed");
      }
      return apart ? threads.submit(read::read).get() : read.read();
    } catch (RejectedExecutionException e) {
      throw new StoreException(Reason.CLOSED, "the store is closed", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof StoreException failure) {
        throw failure.again();
      }
      throw new StoreException(Reason.FAILED, "a fault of the store: " + e.getCause(), e);
    } finally {
      room.release();
    }
  }

  /** Waits for the reads under way; later ones are refused. */
  @Override
  public void close() {
    threads.shutdown();
    try {
      // Callers read by themselves or wait for a thread of the pool, unless they were interrupted.
      if (!room.tryAcquire(MAX_WAITING, CLOSE_SECONDS, TimeUnit.SECONDS)
          || !threads.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
        throw new IllegalStateException("reads have not ended within " + CLOSE_SECONDS + " s");
      }
      room.release(MAX_WAITING);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
