package io.cairnfs.it.linear;

import java.util.List;

/** What the {@link Checker} found. */
public sealed interface Verdict {

  /** There is an order of all operations that the model allows. */
  record Linearizable(long states) implements Verdict {}

  /**
   * There is none.
   *
   * @param order the longest order that was found
   * @param state after it
   * @param stuck what should have come next, since nothing may come after its end before it
   * @param concurrent what else was under way then
   */
  record Violation(List<?> order, Object state, Object stuck, List<?> concurrent)
      implements Verdict {

    private static final int SHOWN = 30;

    @Override
    public String toString() {
      StringBuilder text = new StringBuilder("not linearizable; the longest order ends with");
      for (Object operation : order.subList(Math.max(0, order.size() - SHOWN), order.size())) {
        text.append("\n    ").append(operation);
      }
      text.append("\n  which leaves ").append(state);
      text.append("\n  where there is no place for\n    ").append(stuck);
      text.append("\n  beside");
      concurrent.forEach(operation -> text.append("\n    ").append(operation));
      return text.toString();
    }
  }

  /** The search took longer than it may. */
  record Undecided(long states) implements Verdict {}
}
