package io.cairnfs.protocol.wait;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

final class CoarseTimerTest {

  private static final Duration LONG = Duration.ofMinutes(1);
  private static final Duration SHORT = Duration.ofMillis(30);

  @Test
  void aResultThatComesInTimeIsGiven() throws Exception {
    CompletableFuture<String> future = new CompletableFuture<>();
    Thread.ofVirtual().start(() -> future.complete("here"));
    assertEquals("here", CoarseTimer.await(future, LONG));
    assertEquals("here", CoarseTimer.await(future, Duration.ZERO));
  }

  @Test
  void aFailureIsTheFuturesOwn() {
    IOException failure = new IOException();
    CompletableFuture<String> future = new CompletableFuture<>();
    Thread.ofVirtual().start(() -> future.completeExceptionally(failure));
    ExecutionException thrown =
        assertThrows(ExecutionException.class, () -> CoarseTimer.await(future, LONG));
    assertSame(failure, thrown.getCause());
  }

  @Test
  void whatDoesNotComeIsGivenUpAndMayComeStill() throws Exception {
    CompletableFuture<String> future = new CompletableFuture<>();
    long start = System.nanoTime();
    assertThrows(TimeoutException.class, () -> CoarseTimer.await(future, SHORT));
    assertTrue(System.nanoTime() - start >= SHORT.toNanos());
    assertFalse(future.isDone());
    future.complete("late");
    assertEquals("late", CoarseTimer.await(future, SHORT));
  }

  @Test
  void whoWaitsCanBeInterrupted() {
    Thread.currentThread().interrupt();
    assertThrows(
        InterruptedException.class, () -> CoarseTimer.await(new CompletableFuture<>(), LONG));
  }

  @Test
  void anAlarmThatIsCancelledDoesNothing() throws Exception {
    CountDownLatch first = new CountDownLatch(1);
    CountDownLatch second = new CountDownLatch(1);
    CoarseTimer.after(SHORT, first::countDown).cancel();
    CoarseTimer.after(SHORT.multipliedBy(2), second::countDown);
    assertTrue(second.await(10, TimeUnit.SECONDS));
    assertEquals(1, first.getCount());
  }
}
