package io.cairnfs.client.jnr;

import io.cairnfs.client.fuse.linux.Errno;
import io.cairnfs.client.fuse.protocol.FailureErrno;
import io.cairnfs.client.fuse.session.ErrorLog;
import io.cairnfs.client.vfs.VfsException;
import io.cairnfs.client.wait.Deadline;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.ToIntFunction;

/**
 * Carries calls of libfuse's threads out within the mount's timeout. Each runs on a virtual thread
 * of its own: should it not end, libfuse's thread answers EIO and goes on, so a call must not touch
 * memory of libfuse; what it found is written there by libfuse's thread afterwards. Thread-safe.
 */
final class Calls {

  /** What a call gets beyond its deadline, to fail by itself and more precisely. */
  private static final Duration GRACE = Duration.ofMillis(400);

  private static final Duration POLL = Duration.ofMillis(10);

  private final Duration timeout;
  private final ErrorLog errors = new ErrorLog();
  private final Set<FutureTask<?>> running = ConcurrentHashMap.newKeySet();

  Calls(Duration timeout) {
    this.timeout = timeout;
  }

  /** A call that finds something. */
  @FunctionalInterface
  interface Finding<T> {
    T call() throws VfsException, InterruptedException;
  }

  /** A call that finds nothing. */
  @FunctionalInterface
  interface Doing {
    void call() throws VfsException, InterruptedException;
  }

  /** Does something; 0, or -errno. */
  int run(String what, Doing call) {
    return run(
        what,
        () -> {
          call.call();
          return 0;
        },
        result -> result);
  }

  /**
   * Finds something, then answers it.
   *
   * @param answer writes what was found where libfuse wants it, on the calling thread
   * @return the answer, or -errno
   */
  @SuppressWarnings("CatchingUnchecked") // nothing may be thrown into libfuse
  <T> int run(String what, Finding<T> call, ToIntFunction<T> answer) {
    FutureTask<T> task = new FutureTask<>(() -> Deadline.await(timeout, call::call));
    running.add(task);
    Thread.startVirtualThread(
        () -> {
          task.run();
          running.remove(task);
        });
    try {
      return answer.applyAsInt(task.get(timeout.plus(GRACE).toNanos(), TimeUnit.NANOSECONDS));
    } catch (ExecutionException e) {
      return -errno(what, Objects.requireNonNullElse(e.getCause(), e));
    } catch (CancellationException | InterruptedException e) {
      return -Errno.EINTR;
    } catch (TimeoutException e) {
      task.cancel(true);
      errors.report(what + " did not end by its deadline; its caller gets EIO", e);
      return -Errno.EIO;
    } catch (RuntimeException | Error e) {
      return -errno(what, e);
    }
  }

  private int errno(String what, Throwable failure) {
    return switch (failure) {
      case VfsException e -> {
        if (e.getCause() != null) {
          errors.report(what + " failed", e);
        }
        yield FailureErrno.of(e.failure());
      }
      case InterruptedException e -> Errno.EINTR;
      default -> {
        errors.report(what + " failed unexpectedly", failure);
        yield Errno.EIO;
      }
    };
  }

  /** Waits for the calls that last, then interrupts them. */
  void close(Duration patience) throws InterruptedException {
    long end = System.nanoTime() + patience.toNanos();
    while (!running.isEmpty() && System.nanoTime() < end) {
      Thread.sleep(POLL);
    }
    running.forEach(task -> task.cancel(true));
  }
}
