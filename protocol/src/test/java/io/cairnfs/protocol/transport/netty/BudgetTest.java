package io.cairnfs.protocol.transport.netty;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class BudgetTest {

  private final Budget budget = new Budget(100);

  @Test
  void thereIsRoomUpToTheLimit() {
    assertTrue(budget.tryTake(60));
    assertTrue(budget.tryTake(40));
    assertFalse(budget.tryTake(1));
    budget.release(40);
    assertTrue(budget.tryTake(30));
    assertFalse(budget.tryTake(11));
    assertTrue(budget.tryTake(10));
  }

  @Test
  void whatIsLargerThanAllFitsAlone() {
    assertTrue(budget.tryTake(1000));
    assertFalse(budget.tryTake(1));
    budget.release(1000);
    assertTrue(budget.tryTake(1));
    assertFalse(budget.tryTake(1000));
  }

  @Test
  void waitingEndsWithRoomOrWithTime() throws Exception {
    assertTrue(budget.tryTake(100));
    assertFalse(budget.take(1, Duration.ofMillis(10)));
    CountDownLatch taken = new CountDownLatch(1);
    Thread waiter =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    if (budget.take(50, Duration.ofSeconds(20))) {
                      taken.countDown();
                    }
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                });
    budget.release(60);
    assertTrue(taken.await(10, TimeUnit.SECONDS));
    waiter.join();
    assertTrue(budget.tryTake(10));
    assertFalse(budget.tryTake(1));
  }
}
