package io.cairnfs.it.linear;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a history is linearizable: the search of Wing and Gong ("Testing and verifying
 * concurrent objects", 1993) over a list of starts and ends, which remembers the pairs of
 * operations done and state that it has been at, as Lowe does ("Testing for linearizability", 2017)
 * and Porcupine after him.
 *
 * @param <S> states of the model
 * @param <O> operations of the model
 */
public final class Checker<S, O> {

  /** So that what is remembered fits into the heap of a test. */
  private static final int MAX_REMEMBERED = 3_000_000;

  private static final int LOOKS_AT_CLOCK_EVERY = 1 << 10;

  /** What was done, less what every order of this length has done; and the state after it. */
  private record Memory<S>(int prefix, BitSet done, BitSet unanswered, S state) {}

  /** An operation put into the order, and how to go on if it turns out to be wrong there. */
  private record Choice<S, O>(Event<O> start, S before, List<S> after, int next) {}

  private final Model<S, O> model;
  private final Event<O> head;
  private final Set<Memory<S>> memories = new HashSet<>();
  private final Deque<Choice<S, O>> order = new ArrayDeque<>();
  private final BitSet done = new BitSet();
  private final BitSet unanswered = new BitSet();
  private S state;
  private int remaining;
  private int leastRemaining = Integer.MAX_VALUE;
  private Verdict.@Nullable Violation deepest;

  private Checker(Model<S, O> model, S initial, List<Interval<O>> history) {
    this.model = model;
    this.state = initial;
    this.head = Event.listOf(history);
    this.remaining = (int) history.stream().filter(Interval::isComplete).count();
  }

  /**
   * Checks a history of one object.
   *
   * @param history in any order
   * @param bound after which it gives up
   */
  public static <S, O> Verdict check(
      Model<S, O> model, S initial, List<Interval<O>> history, Duration bound) {
    return new Checker<>(model, initial, history).search(System.nanoTime() + bound.toNanos());
  }

  private Verdict search(long deadline) {
    Event<O> event = head.next();
    for (long looks = 1; remaining > 0; looks++) {
      if (looks % LOOKS_AT_CLOCK_EVERY == 0
          && (System.nanoTime() > deadline || memories.size() > MAX_REMEMBERED)) {
        return new Verdict.Undecided(memories.size());
      }
      Event<O> here = Objects.requireNonNull(event, "what is not done has its end in the list");
      if (here.isStart()) {
        List<S> after = model.after(state, here.operation());
        event = choose(new Choice<>(here, state, after, 0)) ? head.next() : here.next();
      } else {
        report(here);
        event = undo();
        if (event == null) {
          return Objects.requireNonNull(deepest);
        }
      }
    }
    return new Verdict.Linearizable(memories.size());
  }

  /** Puts an operation next into the order, with the first state that was not tried yet. */
  private boolean choose(Choice<S, O> choice) {
    Event<O> start = choice.start();
    for (int i = choice.next(); i < choice.after().size(); i++) {
      mark(start, true);
      if (memories.add(memory(choice.after().get(i)))) {
        order.push(new Choice<>(start, choice.before(), choice.after(), i + 1));
        state = choice.after().get(i);
        start.lift();
        return true;
      }
      mark(start, false);
    }
    return false;
  }

  /** Takes the last one out of the order, and says where to go on; null if everything was tried. */
  private @Nullable Event<O> undo() {
    while (!order.isEmpty()) {
      Choice<S, O> last = order.pop();
      last.start().unlift();
      mark(last.start(), false);
      state = last.before();
      if (choose(last)) {
        return head.next();
      }
      if (last.start().next() != null) {
        return last.start().next();
      }
    }
    return null;
  }

  private void mark(Event<O> start, boolean isDone) {
    if (start.isComplete()) {
      done.set(start.number(), isDone);
      remaining += isDone ? -1 : 1;
    } else {
      unanswered.set(start.number(), isDone);
    }
  }

  private Memory<S> memory(S after) {
    int prefix = done.nextClearBit(0);
    BitSet rest = done.get(prefix, Math.max(prefix, done.length()));
    return new Memory<>(prefix, rest, (BitSet) unanswered.clone(), after);
  }

  private void report(Event<O> end) {
    if (remaining >= leastRemaining) {
      return;
    }
    leastRemaining = remaining;
    List<O> placed = new ArrayList<>();
    order.forEach(choice -> placed.add(choice.start().operation()));
    Collections.reverse(placed);
    List<O> concurrent = new ArrayList<>();
    for (Event<O> e = head.next(); e != null && e != end; e = e.next()) {
      if (e.operation() != end.operation()) {
        concurrent.add(e.operation());
      }
    }
    deepest = new Verdict.Violation(placed, state, end.operation(), concurrent);
  }
}
