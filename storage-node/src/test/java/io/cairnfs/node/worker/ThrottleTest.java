package io.cairnfs.node.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class ThrottleTest {

  private static final long MIB = 1 << 20;

  private long nanos = 1;

  private void pass(Duration time) {
    nanos += time.toNanos();
  }

  @Test
  void whatIsSpentIsPaidForByTime() {
    Throttle throttle = new Throttle(MIB, () -> nanos);
    throttle.spend(3 * MIB);
    assertEquals(Duration.ofSeconds(3), throttle.debt());
    pass(Duration.ofSeconds(2));
    assertEquals(Duration.ofSeconds(1), throttle.debt());
    pass(Duration.ofSeconds(1));
    assertEquals(Duration.ZERO, throttle.debt());
    assertEquals(3 * MIB, throttle.spentBytes());
  }

  @Test
  void idlenessIsWorthASecondAtMost() {
    Throttle throttle = new Throttle(MIB, () -> nanos);
    pass(Duration.ofHours(1));
    throttle.spend(3 * MIB);
    assertEquals(Duration.ofSeconds(2), throttle.debt());
  }

  @Test
  void overALongTimeTheRateIsKept() {
    Throttle throttle = new Throttle(5 * MIB, () -> nanos);
    long end = Duration.ofMinutes(10).toNanos();
    while (nanos < end) {
      throttle.spend(777_777);
      pass(throttle.debt().plusMillis(1));
    }
    double mebibytesPerSecond = throttle.spentBytes() / (double) MIB / 600;
    assertTrue(mebibytesPerSecond <= 5.01, "was " + mebibytesPerSecond);
    assertTrue(mebibytesPerSecond > 4.9, "was " + mebibytesPerSecond);
  }

  @Test
  void anOrderHoldsAtOnceForWhatIsOwedToo() {
    Throttle throttle = new Throttle(Throttle.UNBOUNDED, () -> nanos);
    throttle.spend(100 * MIB);
    assertEquals(Duration.ZERO, throttle.debt());
    throttle.order(MIB);
    throttle.spend(10 * MIB);
    assertEquals(Duration.ofSeconds(10), throttle.debt());
    throttle.order(10 * MIB);
    assertEquals(Duration.ofSeconds(1), throttle.debt());
    throttle.pace(3 * MIB);
    assertEquals(10 * MIB, throttle.rate());
    throttle.order(Throttle.UNBOUNDED);
    assertEquals(3 * MIB, throttle.rate());
  }
}
