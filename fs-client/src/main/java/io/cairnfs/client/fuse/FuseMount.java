package io.cairnfs.client.fuse;

import io.cairnfs.client.fuse.linux.LibC;
import io.cairnfs.client.fuse.mounting.MountException;
import io.cairnfs.client.fuse.mounting.MountOptions;
import io.cairnfs.client.fuse.mounting.Mounter;
import io.cairnfs.client.fuse.mounting.ReadAhead;
import io.cairnfs.client.fuse.mounting.Unmounter;
import io.cairnfs.client.fuse.session.FuseSession;
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
 * A mounted file system: the facade of this package. It lives until it is unmounted, here or by
 * anyone. Thread-safe.
 */
public final class FuseMount implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(FuseMount.class);

  /** What ending a connection takes once nothing is left to wait for. */
  private static final Duration SLACK = Duration.ofMillis(150);

  private final Path directory;
  private final Vfs vfs;
  private final Duration timeout;
  private final FuseSession session;
  private final FuseNotifier notifier;

  private FuseMount(Path directory, Vfs vfs, Duration timeout, FuseSession session) {
    this.directory = directory;
    this.vfs = vfs;
    this.timeout = timeout;
    this.session = session;
    this.notifier = new FuseNotifier(session.notices(), session.negotiation());
  }

  /**
   * Mounts a file system on a directory and serves it. A mount that a killed client left there is
   * removed first.
   *
   * @throws MountException with the remedy, if it cannot be mounted
   */
  public static FuseMount mount(Path directory, Vfs vfs, MountOptions options)
      throws IOException, InterruptedException {
    Mounter.Mounted mounted = Mounter.mount(directory, options);
    FuseSession session;
    try {
      session = new FuseSession(mounted.device(), vfs, options);
    } catch (IOException | RuntimeException | Error e) {
      LibC.close(mounted.device());
      Unmounter.detach(mounted.directory());
      throw e;
    }
    ReadAhead.set(mounted.directory(), options.readAheadBytes());
    return new FuseMount(mounted.directory(), vfs, options.timeout(), session);
  }

  /** Where it is mounted, symlinks resolved. */
  public Path directory() {
    return directory;
  }

  public FuseNotifier notifier() {
    return notifier;
  }

  /**
   * Waits until it is unmounted, by whomever, and the last requests are done. The file system may
   * then be closed.
   */
  public void awaitUnmounted() throws InterruptedException {
    session.awaitEnd();
    session.close(timeout);
  }

  /**
   * Makes everything durable, then unmounts. Takes the timeout and a second at most.
   *
   * @throws MountException if it is in use ({@link MountException#isBusy}); it stays mounted then
   * @throws IOException if not everything could be made durable; it is unmounted nonetheless
   */
  public void unmount() throws IOException, InterruptedException {
    end(false);
  }

  /**
   * Like {@link #unmount}, but also if it is in use: then what is open there fails from now on. For
   * when this process has to end. Nothing stays mounted.
   *
   * @throws IOException if not everything could be made durable
   */
  @Override
  public void close() throws IOException {
    try {
      end(true);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while unmounting " + directory, e);
    }
  }

  private void end(boolean force) throws IOException, InterruptedException {
    if (session.awaitEnd(Duration.ZERO)) { // unmounted by somebody else
      session.close(SLACK);
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
    if (!session.awaitEnd(SLACK)) {
      LOG.warn("{} is detached, but still in use", directory);
    }
    session.close(left(deadline));
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
