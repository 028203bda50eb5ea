package io.cairnfs.node.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

final class TrendTest {

  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  @Test
  void measuresTheLastMinuteOnly() {
    Trend trend = new Trend();
    assertEquals(0, trend.perSecond());
    for (int second = 0; second <= 600; second++) {
      trend.sample(second * SECOND, second < 300 ? 0 : (second - 300) * 50L);
    }
    assertEquals(50, trend.perSecond(), 0.001);
  }

  @Test
  void samplesThatComeTogetherDoNotMakeARate() {
    Trend trend = new Trend();
    trend.sample(0, 0);
    trend.sample(1, 1_000_000);
    assertEquals(0, trend.perSecond());
    trend.sample(10 * SECOND, 1_000_000);
    assertEquals(100_000, trend.perSecond(), 0.001);
  }

  @Test
  void howLongItTakesIsKnownOnlyWhileSomethingMoves() {
    assertEquals(OptionalLong.of(0), Trend.secondsFor(0, 0));
    assertEquals(OptionalLong.empty(), Trend.secondsFor(1, 0));
    assertEquals(OptionalLong.empty(), Trend.secondsFor(1, -3));
    assertEquals(OptionalLong.of(4), Trend.secondsFor(10, 3));
  }
}
