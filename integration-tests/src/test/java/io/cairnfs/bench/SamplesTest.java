package io.cairnfs.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

final class SamplesTest {

  private final Samples samples = new Samples();

  @Test
  void theMedianOfAnOddNumberIsTheMiddleOne() {
    add(Row.CREATE, "a", 30, 10, 20);
    assertEquals(OptionalDouble.of(20), samples.median(Row.CREATE, "a"));
  }

  @Test
  void theMedianOfAnEvenNumberIsBetweenTheMiddleTwo() {
    add(Row.CREATE, "a", 40, 10, 20, 100);
    assertEquals(OptionalDouble.of(30), samples.median(Row.CREATE, "a"));
  }

  @Test
  void whatWasNotMeasuredHasNoMedian() {
    add(Row.CREATE, "a", 1);
    assertEquals(OptionalDouble.empty(), samples.median(Row.CREATE, "b"));
    assertEquals(OptionalDouble.empty(), samples.median(Row.RENAME, "a"));
  }

  @Test
  void moreIsBetterForRates() {
    add(Row.CREATE, "a", 30);
    add(Row.CREATE, "base", 10);
    assertEquals(OptionalDouble.of(3), samples.ratio(Row.CREATE, "a", "base"));
  }

  @Test
  void lessIsBetterForCosts() {
    add(Row.UNTAR, "a", 5);
    add(Row.UNTAR, "base", 10);
    assertEquals(OptionalDouble.of(2), samples.ratio(Row.UNTAR, "a", "base"));
  }

  @Test
  void noRatioWithoutABase() {
    add(Row.UNTAR, "a", 5);
    assertEquals(OptionalDouble.empty(), samples.ratio(Row.UNTAR, "a", "base"));
    add(Row.UNTAR, "base", 0);
    assertEquals(OptionalDouble.empty(), samples.ratio(Row.UNTAR, "a", "base"));
  }

  @Test
  void noiseIsNoCompetition() {
    add(Row.OTHER_CPU, "a", 1);
    add(Row.OTHER_CPU, "base", 2);
    assertEquals(OptionalDouble.empty(), samples.ratio(Row.OTHER_CPU, "a", "base"));
  }

  @Test
  void theSpreadIsInPartsOfTheMedian() {
    add(Row.CREATE, "a", 90, 100, 140);
    assertEquals(OptionalDouble.of(0.5), samples.spread(Row.CREATE, "a"));
    assertEquals(List.of(90.0, 100.0, 140.0), samples.of(Row.CREATE, "a"));
  }

  @Test
  void oneValueHasNoSpread() {
    add(Row.CREATE, "a", 90);
    assertEquals(OptionalDouble.empty(), samples.spread(Row.CREATE, "a"));
  }

  private void add(Row row, String target, double... values) {
    for (double value : values) {
      samples.add(row, target, value);
    }
  }
}
