package io.cairnfs.client.jnr;

import io.cairnfs.client.fuse.mounting.MountException;
import io.cairnfs.client.fuse.mounting.ServedMount;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * libfuse's main function on a thread of its own: it mounts, serves the kernel's requests by more
 * threads, and returns when the kernel has unmounted. Thread-safe.
 */
final class LibFuseLoop implements ServedMount.Connection {

  private static final Duration POLL = Duration.ofMillis(5);

  private final LibFuseCallbacks callbacks;
  private final Calls calls;
  private final CountDownLatch ended = new CountDownLatch(1);

  LibFuseLoop(LibFuseCallbacks callbacks, Calls calls) {
    this.callbacks = callbacks;
    this.calls = calls;
  }

  /**
   * Mounts, and returns when the kernel knows it.
   *
   * @throws MountException if libfuse could not mount; it says why on stderr
   */
  void start(Path directory, String options, Duration patience)
      throws MountException, InterruptedException {
    Thread loop = new Thread(() -> run(directory, options), "libfuse");
    loop.setDaemon(true);
    loop.start();
    long deadline = System.nanoTime() + patience.toNanos();
    while (!callbacks.isStarted()) {
      if (ended.await(POLL.toNanos(), TimeUnit.NANOSECONDS)) {
        throw new MountException(
            "libfuse could not mount on " + directory + "; it has said why on stderr");
      }
      if (System.nanoTime() > deadline) {
        throw new MountException("libfuse did not mount on " + directory + " in time");
      }
    }
  }

  private void run(Path directory, String options) {
    try {
      callbacks.serve("cairn", "-f", "-o", options, directory.toString());
    } finally {
      ended.countDown();
    }
  }

  @Override
  public void awaitEnd() throws InterruptedException {
    ended.await();
  }

  @Override
  public boolean awaitEnd(Duration timeout) throws InterruptedException {
    return ended.await(timeout.toNanos(), TimeUnit.NANOSECONDS);
  }

  @Override
  public void close(Duration timeout) throws InterruptedException {
    calls.close(timeout);
  }
}
