package io.cairnfs.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

final class PhasesTest {

  @Test
  void givesTheResult() throws Exception {
    try (Phases phases = new Phases(Duration.ofSeconds(10))) {
      assertEquals(7, phases.run("seven", () -> 7));
    }
  }

  @Test
  void aFailureCarriesThePhasesName() {
    try (Phases phases = new Phases(Duration.ofSeconds(10))) {
      IOException e =
          assertThrows(
              IOException.class,
              () ->
                  phases.run(
                      "untar",
                      () -> {
                        throw new IOException("no space");
                      }));
      assertEquals("untar: java.io.IOException: no space", e.getMessage());
    }
  }

  @Test
  void whoDoesNotAnswerIsNotWaitedFor() {
    CountDownLatch never = new CountDownLatch(1);
    try (Phases phases = new Phases(Duration.ofMillis(20))) {
      assertThrows(
          Phases.OverdueException.class,
          () ->
              phases.run(
                  "read",
                  () -> {
                    never.await();
                    return 0;
                  }));
    }
  }
}
