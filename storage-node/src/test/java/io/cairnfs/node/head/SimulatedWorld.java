package io.cairnfs.node.head;

import java.io.IOException;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.SplittableRandom;

/**
 * Virtual time and a bad network: messages are late, lost, doubled and out of order, all by one
 * seed.
 */
final class SimulatedWorld {

  /** What happens at a time. */
  @FunctionalInterface
  interface Event {
    void run() throws IOException;
  }

  private record Scheduled(long atMillis, long order, Event event) {}

  private static final int USUAL_DELAY_MILLIS = 20;
  private static final int LONG_DELAY_MILLIS = 4000;

  final SplittableRandom random;
  private final PriorityQueue<Scheduled> events =
      new PriorityQueue<>(
          Comparator.comparingLong(Scheduled::atMillis).thenComparingLong(Scheduled::order));
  private long nowMillis;
  private long order;
  private boolean calm;

  SimulatedWorld(long seed) {
    random = new SplittableRandom(seed);
  }

  long nowMillis() {
    return nowMillis;
  }

  /** From now on nothing is lost or doubled. */
  void calm() {
    calm = true;
  }

  boolean isCalm() {
    return calm;
  }

  void after(long millis, Event event) {
    events.add(new Scheduled(nowMillis + millis, order++, event));
  }

  /** Sends a message, which may never arrive, or twice. */
  void send(Event arrival) {
    int copies = calm || random.nextInt(20) != 0 ? 1 : random.nextInt(2) * 2;
    for (int i = 0; i < copies; i++) {
      boolean slow = !calm && random.nextInt(50) == 0;
      after(1 + random.nextInt(slow ? LONG_DELAY_MILLIS : USUAL_DELAY_MILLIS), arrival);
    }
  }

  /** Runs the next event. */
  void step() throws IOException {
    Scheduled next = events.remove();
    nowMillis = next.atMillis();
    next.event().run();
  }
}
