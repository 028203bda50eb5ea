package io.cairnfs.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

final class TableTest {

  @Test
  void showsMediansRatiosAndTheLargestSpread() {
    Samples samples = new Samples();
    samples.add(Row.CREATE, "slow", 100);
    samples.add(Row.CREATE, "slow", 100);
    samples.add(Row.CREATE, "fast", 200);
    samples.add(Row.CREATE, "fast", 300);
    samples.add(Row.UNTAR, "fast", 2.5);

    String table = new Table(samples, List.of("slow", "fast"), "slow").render();

    assertEquals(
        """
        | row                | unit | slow | fast       | spread |
        | ------------------ | ---- | ---- | ---------- | ------ |
        | create 4 KiB files | /s   | 100  | 250 (2.50) | 40 %   |
        | untar              | s    | -    | 2.50       | -      |
        """,
        table);
  }

  @Test
  void comparesWithABaseThatIsNoColumn() {
    Samples samples = new Samples();
    samples.add(Row.UNTAR, "a", 4);
    samples.add(Row.UNTAR, "base", 2);

    String table = new Table(samples, List.of("a"), "base").render();

    assertEquals("| untar | s    | 4.00 (0.500) | -      |", table.lines().toList().get(2));
  }

  @Test
  void numbersHaveAboutThreeDigits() {
    assertEquals("12346", Table.format(12345.6));
    assertEquals("123", Table.format(123.4));
    assertEquals("12.3", Table.format(12.34));
    assertEquals("1.23", Table.format(1.234));
    assertEquals("0.012", Table.format(0.0123));
  }
}
