package io.cairnfs.protocol.transport.netty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class FairBudgetTest {

  private static final int LIMIT = 16 << 20;
  private static final int SHARE = LIMIT / 2 / FairBudget.SHARES;

  private final FairBudget budget = new FairBudget(LIMIT);
  private final FairBudget.Account greedy = budget.open();
  private final FairBudget.Account honest = budget.open();

  @Test
  void whoeverTakesAllThatIsCommonLeavesOthersTheirShare() {
    for (int i = 1; i < FairBudget.SHARES; i++) {
      FairBudget.Account other = budget.open();
      while (other.tryTake(SHARE / 4)) {
        // as much as it gets
      }
    }
    assertTrue(budget.used() <= LIMIT, () -> budget.used() + " are held");
    assertTrue(honest.tryTake(SHARE / 2));
    assertTrue(honest.tryTake(SHARE / 2));
    assertFalse(honest.tryTake(SHARE / 2));
    honest.release(SHARE / 2);
    assertTrue(honest.tryTake(SHARE / 2));
  }

  @Test
  void aPeerHoldsAPartAndNotTheWhole() {
    long held = 0;
    while (greedy.tryTake(1 << 10)) {
      held += 1 << 10;
    }
    assertTrue(held <= FrameKind.MAX_FRAME_BYTES + SHARE, held + " are held by one");
    assertEquals(held, budget.used());
    assertTrue(honest.tryTake(1 << 20));
    greedy.release(held);
    honest.release(1 << 20);
    assertEquals(0, budget.used());
  }

  @Test
  void whatIsLargerThanAllFitsAlone() {
    assertTrue(greedy.tryTake(2 * LIMIT));
    assertFalse(honest.tryTake(2 * LIMIT));
    assertTrue(honest.tryTake(SHARE));
    greedy.release(2 * LIMIT);
    assertFalse(budget.isContended());
  }

  @Test
  void aWishIsToldWhenThereIsRoom() {
    AtomicInteger told = new AtomicInteger();
    assertTrue(greedy.tryTake(LIMIT));
    assertFalse(honest.tryTakeOrWish(SHARE + 1, told::incrementAndGet));
    assertTrue(budget.isContended());
    greedy.release(LIMIT / 4);
    assertEquals(0, told.get());
    greedy.release(LIMIT / 2);
    greedy.release(LIMIT / 4);
    assertEquals(1, told.get());
    assertFalse(budget.isContended());
  }

  @Test
  void waitingEndsWithRoomOrWithTime() throws Exception {
    assertTrue(greedy.tryTake(LIMIT));
    assertFalse(honest.take(SHARE + 1, Duration.ofMillis(10)));
    assertFalse(budget.isContended());
    CountDownLatch taken = new CountDownLatch(1);
    Thread waiter = Thread.ofVirtual().start(() -> takeThenTell(taken));
    while (!budget.isContended()) {
      Thread.sleep(1);
    }
    greedy.adjust(-LIMIT);
    assertTrue(taken.await(10, TimeUnit.SECONDS));
    waiter.join();
    assertEquals(SHARE + 1, budget.used());
  }

  @Test
  void whoIsInterruptedHoldsNothing() throws Exception {
    assertTrue(greedy.tryTake(LIMIT));
    CountDownLatch taken = new CountDownLatch(1);
    Thread waiter = Thread.ofVirtual().start(() -> takeThenTell(taken));
    while (!budget.isContended()) {
      Thread.sleep(1);
    }
    waiter.interrupt();
    waiter.join();
    assertEquals(1, taken.getCount());
    assertFalse(budget.isContended());
    greedy.release(LIMIT);
    assertEquals(0, budget.used());
  }

  private void takeThenTell(CountDownLatch taken) {
    try {
      if (honest.take(SHARE + 1, Duration.ofSeconds(20))) {
        taken.countDown();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
