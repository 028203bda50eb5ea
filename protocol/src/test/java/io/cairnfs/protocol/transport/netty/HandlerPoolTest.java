package io.cairnfs.protocol.transport.netty;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class HandlerPoolTest {

  private final List<String> started = new ArrayList<>();

  private void submit(HandlerPool.Lane lane, String name) {
    lane.submit(() -> started.add(name));
  }

  @Test
  void aPeerThatHangsLeavesRoomForOthers() {
    HandlerPool pool = new HandlerPool(10, 2);
    HandlerPool.Lane greedy = pool.open();
    for (int i = 1; i <= 5; i++) {
      submit(greedy, "greedy " + i);
    }
    submit(pool.open(), "honest");
    assertEquals(List.of("greedy 1", "greedy 2", "honest"), started);
    greedy.ended();
    assertEquals("greedy 3", started.getLast());
    assertEquals(3, pool.running());
  }

  @Test
  void peersTakeTurnsWhenAllIsTaken() {
    HandlerPool pool = new HandlerPool(1, 1);
    HandlerPool.Lane greedy = pool.open();
    HandlerPool.Lane honest = pool.open();
    for (int i = 1; i <= 3; i++) {
      submit(greedy, "greedy " + i);
    }
    submit(honest, "honest 1");
    submit(honest, "honest 2");
    greedy.ended();
    honest.ended();
    greedy.ended();
    honest.ended();
    greedy.ended();
    assertEquals(List.of("greedy 1", "honest 1", "greedy 2", "honest 2", "greedy 3"), started);
    assertEquals(0, pool.running());
  }
}
