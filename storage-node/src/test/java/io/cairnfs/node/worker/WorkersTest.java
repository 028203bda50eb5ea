package io.cairnfs.node.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairnfs.node.store.MemoryBlockStore;
import io.cairnfs.node.worker.WorkerState.Activity;
import io.cairnfs.protocol.identity.Key256;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class WorkersTest {

  private static final long MIB = 1 << 20;

  /** Does a unit of work for each permit, and says when it has. */
  private static final class Stepper implements Worker {
    final Semaphore may = new Semaphore(0);
    final Semaphore done = new Semaphore(0);
    final Throttle throttle = new Throttle(Throttle.UNBOUNDED);
    volatile long bytesEach;
    volatile boolean fails;
    private volatile long count;

    @Override
    public String name() {
      return "stepper";
    }

    @Override
    public String progress() {
      return count + " done";
    }

    @Override
    public Tally tally() {
      return Tally.bytes(throttle.spentBytes(), 10 * MIB);
    }

    @Override
    public Throttle throttle() {
      return throttle;
    }

    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate") // by one thread
    public Duration work() throws InterruptedException, IOException {
      may.acquire();
      count++;
      throttle.spend(bytesEach);
      done.release();
      if (fails) {
        throw new IOException("the disk is gone");
      }
      return Duration.ZERO;
    }
  }

  private static final class Plain implements Worker {
    @Override
    public String name() {
      return "plain";
    }

    @Override
    public String progress() {
      return "";
    }

    @Override
    public Duration work() {
      return Duration.ofHours(1);
    }
  }

  private final MemoryBlockStore store =
      new MemoryBlockStore(Key256.of(new byte[Key256.BYTES]), Long.MAX_VALUE);
  private final Stepper stepper = new Stepper();
  private @Nullable Workers running;

  private Workers start() throws Exception {
    Workers workers = new Workers(StoredOrders.of(store));
    running = workers;
    workers.start(stepper);
    workers.start(new Plain());
    return workers;
  }

  @AfterEach
  void stop() {
    if (running != null) {
      running.close();
    }
  }

  private void step() throws InterruptedException {
    stepper.may.release();
    assertTrue(stepper.done.tryAcquire(30, TimeUnit.SECONDS));
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < end, "not so in time");
      Thread.sleep(5);
    }
  }

  private static Activity activity(Workers workers) {
    try {
      return workers.state("stepper").activity();
    } catch (OrderException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aPausedWorkerRestsUntilItIsResumed() throws Exception {
    Workers workers = start();
    step();
    workers.pause("stepper", true);
    stepper.may.release(); // what it is at comes to its end
    await(() -> activity(workers) == Activity.PAUSED);
    stepper.may.release(100);
    int before = stepper.may.availablePermits();
    Thread.sleep(50);
    assertEquals(before, stepper.may.availablePermits());
    workers.pause("stepper", false);
    await(() -> stepper.may.availablePermits() == 0);
  }

  @Test
  void ordersOutliveARestart() throws Exception {
    Workers workers = start();
    workers.pause("stepper", true);
    workers.throttle("stepper", 3 * MIB);
    workers.close();
    Workers again = start();
    assertEquals(Activity.PAUSED, activity(again));
    WorkerState.Bound bound = Objects.requireNonNull(again.state("stepper").bound());
    assertEquals(3 * MIB, bound.bytesPerSecond());
    assertTrue(bound.ordered());
    again.pause("stepper", false);
    again.throttle("stepper", Throttle.UNBOUNDED);
    again.close();
    Workers third = start();
    assertFalse(Objects.requireNonNull(third.state("stepper").bound()).ordered());
    await(() -> activity(third) == Activity.BUSY);
  }

  @Test
  void aThrottledWorkerWaitsForItsDebtAndGoesOnWhenTheBoundIsLifted() throws Exception {
    Workers workers = start();
    workers.throttle("stepper", 1);
    stepper.bytesEach = MIB; // twelve days at that rate
    step();
    await(() -> activity(workers) == Activity.THROTTLED);
    workers.throttle("stepper", Throttle.UNBOUNDED);
    step();
    assertEquals(2 * MIB, workers.state("stepper").tally().done());
  }

  @Test
  void theLastErrorIsKeptWithItsTime() throws Exception {
    Workers workers = start();
    assertNull(workers.state("stepper").lastError());
    stepper.fails = true;
    step();
    await(() -> activity(workers) == Activity.FAILING);
    WorkerState failing = workers.state("stepper");
    assertTrue(failing.detail().contains("the disk is gone"), failing.detail());
    assertEquals(1, failing.failures());
    assertNotNull(failing.lastError());
    assertTrue(failing.lastError().agoMillis() < 30_000);
  }

  @Test
  void ordersThatCannotBeCarriedOutSayWhatCan() throws Exception {
    Workers workers = start();
    OrderException unknown =
        assertThrows(OrderException.class, () -> workers.pause("scrubb", true));
    assertEquals("no worker 'scrubb' on this node; it has plain, stepper", unknown.getMessage());
    OrderException unbounded =
        assertThrows(OrderException.class, () -> workers.throttle("plain", 5));
    assertTrue(String.valueOf(unbounded.getMessage()).endsWith("stepper"), unbounded::toString);
    assertNull(workers.state("plain").bound());
  }
}
