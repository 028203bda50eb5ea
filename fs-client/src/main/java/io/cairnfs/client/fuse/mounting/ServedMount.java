package io.cairnfs.client.fuse.mounting;

import io.cairnfs.client.vfs.Vfs;
import io.cairnfs.client.vfs.VfsException;
import io.cairnfs.client.wait.Deadline;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A mounted file system, whichever binding serves it. It lives until it is unmounted, here or by
 * anyone. Thread-safe.
 */
public abstract class ServedMount implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ServedMount.class);

  /** What ending a connection takes once nothing is left to wait for. */
  private static final Duration SLACK = Duration.ofMillis(150);

  /** What serves the kernel's requests, until the kernel ends it. */
  public interface Connection {

    void awaitEnd() throws InterruptedException;

    /** Waits until the kernel has ended the connection; false if it has not by then. */
    boolean awaitEnd(Duration timeout) throws InterruptedException;

    /**
     * Ends what is left after the connection: waits for requests that last, then interrupts them.
     * May be called twice.
     */
    void close(Duration timeout) throws InterruptedException;
  }

  private final Path directory;
  private final Vfs vfs;
  private final Duration timeout;
  private final Connection connection;

  /**
   * @param directory where it is mounted, symlinks resolved
   * @param timeout what a call may take
   */
  protected ServedMount(Path directory, Vfs vfs, Duration timeout, Connection connection) {
    this.directory = directory;
    this.vfs = vfs;
    this.timeout = timeout;
    this.connection = connection;
  }

  /** Where it is mounted, symlinks resolved. */
  public final Path directory() {
    return directory;
  }

  /**
   * Waits until it is unmounted, by whomever, and the last requests are done. The file system may
   * then be closed.
   */
  public final void awaitUnmounted() throws InterruptedException {
    connection.awaitEnd();
    connection.close(timeout);
  }

  /**
   * Makes everything durable, then unmounts. Takes the timeout and a second at most.
   *
   * @throws MountException if it is in use ({@link MountException#isBusy}); it stays mounted then
   * @throws IOException if not everything could be made durable; it is unmounted nonetheless
   */
  public final void unmount() throws IOException, InterruptedException {
    end(false);
  }

  /**
   * Like {@link #unmount}, but also if it is in use: then what is open there fails from now on. For
   * when this process has to end. Nothing stays mounted.
   *
   * @throws IOException if not everything could be made durable
   */
  @Override
  public final void close() throws IOException {
    try {
      end(true);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while unmounting " + directory, e);
    }
  }

  private void end(boolean force) throws IOException, InterruptedException {
    if (connection.awaitEnd(Duration.ZERO)) { // unmounted by somebody else
      connection.close(SLACK);
      bounded("flushing", timeout, this::syncAll);
      return;
    }
    Deadline deadline = Deadline.after(timeout);
    IOException failure = attempt("flushing", left(deadline), this::syncAll);
    try {
      // its last part writes what was stored through mmap, so it needs a file system that answers
      bounded("unmounting", left(deadline), () -> Unmounter.unmount(directory));
    } catch (IOException e) {
      if (e instanceof MountException known && known.isBusy() && !force) {
        if (failure != null) {
          e.addSuppressed(failure);
        }
        throw e;
      }
      LOG.warn("{}: {}; cutting it off", directory, e.getMessage());
      Unmounter.abort(directory);
    }
    if (!connection.awaitEnd(SLACK)) {
      LOG.warn("{} is detached, but still in use", directory);
    }
    connection.close(left(deadline));
    if (failure == null) { // once more, for what came by mmap in between
      failure = attempt("flushing", left(deadline), this::syncAll);
    }
    if (failure != null) {
      throw failure;
    }
  }

  private static Duration left(Deadline deadline) {
    return Duration.ofNanos(Math.max(SLACK.toNanos() / 2, deadline.nanoTime() - System.nanoTime()));
  }

  private void syncAll() throws IOException, InterruptedException {
    try {
      vfs.syncAll();
    } catch (VfsException e) {
      throw new IOException("not everything is durable: " + e.getMessage(), e);
    }
  }

  /** Something that may take long. */
  private interface Step {
    void run() throws IOException, InterruptedException;
  }

  private static @Nullable IOException attempt(String what, Duration time, Step step)
      throws InterruptedException {
    try {
      bounded(what, time, step);
      return null;
    } catch (IOException e) {
      return e;
    }
  }

  /**
   * Runs a step on a thread of its own, since not all of them can be interrupted, and waits for so
   * long at most.
   */
  private static void bounded(String what, Duration time, Step step)
      throws IOException, InterruptedException {
    FutureTask<Boolean> task =
        new FutureTask<>(
            () ->
                Deadline.run(
                    time,
                    () -> {
                      step.run();
                      return true;
                    }));
    Thread.ofPlatform().daemon().name("fuse-" + what).start(task);
    try {
      task.get(time.plus(SLACK).toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      task.cancel(true);
      throw new IOException(what + " did not end in " + time.toMillis() + " ms", e);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      if (cause instanceof IOException io) {
        throw io;
      }
      throw new IOException(what + " failed", cause);
    }
  }
}
