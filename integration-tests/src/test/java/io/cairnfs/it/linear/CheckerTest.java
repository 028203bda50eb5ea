package io.cairnfs.it.linear;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The checker on a register that is written and read. */
final class CheckerTest {

  private static final Duration LONG = Duration.ofSeconds(60);
  private static final int RANDOM_HISTORIES = 3_000;
  private static final int MAX_OPERATIONS = 6;

  /** Writes a value, or has read it. */
  private record Access(boolean writes, int value) {}

  private static final Model<Integer, Access> REGISTER =
      (state, access) ->
          access.writes()
              ? List.of(access.value())
              : state == access.value() ? List.of(state) : List.of();

  private static Interval<Access> write(int value, long start, long end) {
    return new Interval<>(new Access(true, value), start, end);
  }

  private static Interval<Access> read(int value, long start, long end) {
    return new Interval<>(new Access(false, value), start, end);
  }

  @SafeVarargs
  @SuppressWarnings("varargs") // the list does not outlive the check
  private static Verdict check(Interval<Access>... history) {
    return Checker.check(REGISTER, 0, List.of(history), LONG);
  }

  @Test
  void nothingIsLinearizable() {
    assertInstanceOf(Verdict.Linearizable.class, check());
  }

  @Test
  void aConcurrentWriteMayOrMayNotBeSeen() {
    assertInstanceOf(
        Verdict.Linearizable.class, check(write(1, 0, 9), read(0, 1, 2), read(1, 3, 4)));
    assertInstanceOf(Verdict.Violation.class, check(write(1, 0, 9), read(1, 1, 2), read(0, 3, 4)));
  }

  @Test
  void whatWasWrittenBeforeMustBeSeen() {
    assertInstanceOf(Verdict.Violation.class, check(write(1, 0, 1), read(0, 2, 3)));
    assertInstanceOf(
        Verdict.Linearizable.class, check(write(1, 0, 2), read(0, 2, 3)), "the same moment");
  }

  @Test
  void theOrderOfConcurrentOperationsIsSearchedFor() {
    assertInstanceOf(
        Verdict.Linearizable.class,
        check(write(1, 0, 9), write(2, 0, 9), write(3, 0, 9), read(2, 10, 11), read(2, 12, 13)));
    assertInstanceOf(
        Verdict.Violation.class,
        check(write(1, 0, 9), write(2, 0, 9), write(3, 0, 9), read(2, 10, 11), read(1, 12, 13)));
  }

  @Test
  void withoutAnAnswerItMayHappenLateOrNever() {
    Interval<Access> lost = write(1, 0, Interval.NEVER);
    assertInstanceOf(Verdict.Linearizable.class, check(lost, read(0, 5, 6)));
    assertInstanceOf(Verdict.Linearizable.class, check(lost, read(0, 5, 6), read(1, 7, 8)));
    assertInstanceOf(
        Verdict.Violation.class, check(lost, read(1, 5, 6), read(0, 7, 8)), "not twice");
    assertInstanceOf(
        Verdict.Violation.class, check(read(1, 0, 1), write(1, 2, Interval.NEVER)), "not before");
  }

  @Test
  void aViolationTellsWhatCouldNotBePlaced() {
    Interval<Access> stuck = read(1, 12, 13);
    Verdict verdict = check(write(1, 0, 1), write(2, 2, 3), read(2, 10, 11), stuck);
    Verdict.Violation violation = assertInstanceOf(Verdict.Violation.class, verdict);
    assertEquals(stuck.operation(), violation.stuck());
    assertEquals(2, violation.state());
    assertEquals(3, violation.order().size());
  }

  @Test
  void theSearchIsBounded() {
    List<Interval<Access>> history = new ArrayList<>();
    for (int i = 1; i < 40; i++) {
      history.add(write(i, 0, 100));
    }
    history.add(read(-1, 50, 60));
    assertInstanceOf(
        Verdict.Undecided.class,
        Checker.check(REGISTER, 0, history, Duration.ofMillis(100)),
        "2^39 sets of writes");
  }

  @Test
  void agreesWithTryingEveryOrder() {
    Random random = new Random(4);
    int linearizable = 0;
    for (int i = 0; i < RANDOM_HISTORIES; i++) {
      List<Interval<Access>> history = new ArrayList<>();
      int operations = 1 + random.nextInt(MAX_OPERATIONS);
      for (int o = 0; o < operations; o++) {
        long start = random.nextInt(20);
        boolean writes = random.nextBoolean();
        long end = writes && random.nextInt(4) == 0 ? Interval.NEVER : start + random.nextInt(10);
        history.add(new Interval<>(new Access(writes, random.nextInt(3)), start, end));
      }
      boolean expected = someOrder(0, history);
      linearizable += expected ? 1 : 0;
      assertEquals(
          expected,
          Checker.check(REGISTER, 0, history, LONG) instanceof Verdict.Linearizable,
          history::toString);
    }
    assertEquals(RANDOM_HISTORIES / 2.0, linearizable, RANDOM_HISTORIES / 4.0, "both kinds occur");
  }

  /** By the definition. */
  private static boolean someOrder(int state, List<Interval<Access>> rest) {
    if (rest.stream().noneMatch(Interval::isComplete)) {
      return true;
    }
    long firstEnd = rest.stream().mapToLong(Interval::end).min().orElseThrow();
    for (Interval<Access> next : rest) {
      if (next.start() <= firstEnd) {
        List<Interval<Access>> others = new ArrayList<>(rest);
        others.remove(next);
        for (int after : REGISTER.after(state, next.operation())) {
          if (someOrder(after, others)) {
            return true;
          }
        }
      }
    }
    return false;
  }
}
