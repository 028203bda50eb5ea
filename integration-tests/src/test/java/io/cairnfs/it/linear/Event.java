package io.cairnfs.it.linear;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The start or the end of an operation in a list by time, from which an operation can be taken out
 * and put back where it was, the last one first.
 */
final class Event<O> {

  private final @Nullable O operation;
  private final int number;
  private final boolean start;
  private final long time;
  private @Nullable Event<O> end;
  private @Nullable Event<O> previous;
  private @Nullable Event<O> next;

  private Event(@Nullable O operation, int number, boolean start, long time) {
    this.operation = operation;
    this.number = number;
    this.start = start;
    this.time = time;
  }

  /** The list of a history, behind a head that is no event. */
  static <O> Event<O> listOf(List<Interval<O>> history) {
    List<Event<O>> events = new ArrayList<>();
    int complete = 0;
    int unanswered = 0;
    List<Interval<O>> byStart = new ArrayList<>(history);
    byStart.sort(Comparator.comparingLong(Interval::start));
    for (Interval<O> interval : byStart) {
      int number = interval.isComplete() ? complete++ : unanswered++;
      Event<O> start = new Event<>(interval.operation(), number, true, interval.start());
      events.add(start);
      if (interval.isComplete()) {
        start.end = new Event<>(interval.operation(), number, false, interval.end());
        events.add(start.end);
      }
    }
    // Of the same moment, starts come first: then those operations count as concurrent.
    events.sort(
        Comparator.<Event<O>>comparingLong(event -> event.time).thenComparing(e -> !e.start));
    Event<O> head = new Event<>(null, -1, false, Long.MIN_VALUE);
    Event<O> last = head;
    for (Event<O> event : events) {
      last.next = event;
      event.previous = last;
      last = event;
    }
    return head;
  }

  O operation() {
    return Objects.requireNonNull(operation, "the head is no event");
  }

  /** Among those with an end, or among those without, by start. */
  int number() {
    return number;
  }

  boolean isStart() {
    return start;
  }

  /** Of a start: whether it has an end. */
  boolean isComplete() {
    return end != null;
  }

  @Nullable Event<O> next() {
    return next;
  }

  /** Takes a start and its end out of the list. */
  void lift() {
    unlink();
    if (end != null) {
      end.unlink();
    }
  }

  /** Undoes {@link #lift}. */
  void unlift() {
    if (end != null) {
      end.link();
    }
    link();
  }

  private void unlink() {
    Objects.requireNonNull(previous).next = next;
    if (next != null) {
      next.previous = previous;
    }
  }

  private void link() {
    Objects.requireNonNull(previous).next = this;
    if (next != null) {
      next.previous = this;
    }
  }
}
