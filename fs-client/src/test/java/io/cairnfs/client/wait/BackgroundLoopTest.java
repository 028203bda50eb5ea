package io.cairnfs.client.wait;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class BackgroundLoopTest {

  private static final Duration LONG = Duration.ofHours(1);

  @Test
  void itGoesOnUntilItIsClosed() throws Exception {
    CountDownLatch some = new CountDownLatch(3);
    AtomicInteger steps = new AtomicInteger();
    BackgroundLoop loop =
        new BackgroundLoop(
            "test",
            () -> {
              steps.incrementAndGet();
              some.countDown();
              return Duration.ofMillis(1);
            });
    loop.start(Duration.ZERO);
    assertTrue(some.await(10, TimeUnit.SECONDS));
    loop.close();
    int done = steps.get();
    Thread.sleep(20);
    assertEquals(done, steps.get());
  }

  @Test
  void closingInterruptsAStepAndWaitsForIt() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    AtomicBoolean ended = new AtomicBoolean();
    BackgroundLoop loop =
        new BackgroundLoop(
            "test",
            () -> {
              begun.countDown();
              try {
                Thread.sleep(LONG);
              } finally {
                ended.set(true);
              }
              return LONG;
            });
    loop.start(Duration.ZERO);
    assertTrue(begun.await(10, TimeUnit.SECONDS));
    loop.close();
    assertTrue(ended.get());
  }

  @Test
  void closingEndsAPause() {
    BackgroundLoop loop = new BackgroundLoop("test", () -> LONG);
    loop.start(LONG);
    loop.close();
    new BackgroundLoop("never started", () -> LONG).close();
  }

  @Test
  void aBudgetOfBytesGivesThePause() {
    assertEquals(Duration.ofMillis(250), BackgroundLoop.pause(1 << 20, 4 << 20));
  }
}
