package io.cairnfs.client.jnr;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairnfs.client.fuse.linux.Errno;
import io.cairnfs.client.vfs.Failure;
import io.cairnfs.client.vfs.VfsException;
import io.cairnfs.client.wait.Deadline;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class CallsTest {

  private static final Duration TIMEOUT = Duration.ofMillis(200);

  private final Calls calls = new Calls(TIMEOUT);

  @Test
  void failuresAreErrnoNumbers() {
    assertEquals(
        -Errno.ENOENT,
        calls.run(
            "fails",
            () -> {
              throw new VfsException(Failure.NOT_FOUND);
            }));
    assertEquals(
        -Errno.EIO,
        calls.run(
            "breaks",
            () -> {
              throw new IllegalStateException("for the test");
            }));
  }

  @Test
  void whatIsFoundIsAnsweredOnTheCallingThread() {
    AtomicReference<Thread> answered = new AtomicReference<>();
    int result =
        calls.run(
            "finds",
            () -> 41,
            found -> {
              answered.set(Thread.currentThread());
              return found + 1;
            });
    assertEquals(42, result);
    assertEquals(Thread.currentThread(), answered.get());
  }

  @Test
  void callsHaveTheMountsDeadline() {
    AtomicReference<Duration> left = new AtomicReference<>(Duration.ofDays(1));
    assertEquals(0, calls.run("asks", () -> left.set(Deadline.remaining())));
    assertTrue(left.get().compareTo(TIMEOUT) <= 0, left::toString);
  }

  @Test
  void aCallThatDoesNotEndIsAnsweredAndNothingIsWrittenForIt() throws InterruptedException {
    CountDownLatch end = new CountDownLatch(1);
    CountDownLatch ended = new CountDownLatch(1);
    AtomicBoolean written = new AtomicBoolean();
    long started = System.nanoTime();
    int result =
        calls.run(
            "hangs",
            () -> {
              boolean over = false;
              while (!over) { // as what cannot be interrupted
                try {
                  end.await();
                  over = true;
                } catch (InterruptedException e) {
                  // goes on
                }
              }
              ended.countDown();
              return 1;
            },
            found -> {
              written.set(true);
              return found;
            });
    Duration took = Duration.ofNanos(System.nanoTime() - started);
    assertEquals(-Errno.EIO, result);
    assertTrue(took.compareTo(TIMEOUT) >= 0 && took.toSeconds() < 5, took::toString);
    end.countDown();
    ended.await();
    calls.close(Duration.ofSeconds(5));
    assertTrue(!written.get());
  }
}
