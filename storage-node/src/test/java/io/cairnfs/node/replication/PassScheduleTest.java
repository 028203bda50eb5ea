package io.cairnfs.node.replication;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairnfs.dht.record.NodeRecord;
import io.cairnfs.node.testing.TestCluster;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class PassScheduleTest {

  private static final Duration SETTLE = Duration.ofSeconds(5);
  private static final Duration IDLE = Duration.ofSeconds(30);

  private final TestCluster cluster = new TestCluster();
  private final NodeRecord self = cluster.add();
  private final NodeRecord peer = cluster.add();
  private long now = 1L << 40;
  private final PassSchedule schedule =
      new PassSchedule(new DesignatedReplicas(cluster, self.id(), 20), SETTLE, IDLE, () -> now);

  @BeforeEach
  void theClusterIsKnown() {
    assertTrue(schedule.hasChanged());
    assertFalse(schedule.hasChanged());
    now += SETTLE.toNanos();
    assertTrue(schedule.isDue());
  }

  private void assertDueAfter(Duration pause) {
    now += pause.toNanos() - 1;
    assertFalse(schedule.isDue(), pause + " are not over");
    now++;
    assertTrue(schedule.isDue(), pause + " are over");
  }

  @Test
  void whileNothingIsLeftPassesAreRare() {
    schedule.passed(true, 0);
    assertDueAfter(IDLE);
    schedule.passed(false, 0);
    assertDueAfter(IDLE);
  }

  @Test
  void whatIsLeftIsTriedEverMoreSeldom() {
    for (int seconds : new int[] {4, 8, 16, 30, 30}) {
      schedule.passed(false, 1);
      assertDueAfter(Duration.ofSeconds(seconds));
    }
    schedule.passed(true, 1);
    assertDueAfter(Duration.ofSeconds(2));
  }

  @Test
  void whoComesOrGoesChangesIt() {
    schedule.passed(false, 1);
    cluster.setUp(peer.id(), false);
    assertTrue(schedule.hasChanged());
    assertDueAfter(SETTLE);
    schedule.passed(false, 1);
    assertDueAfter(Duration.ofSeconds(4)); // as at the beginning
    cluster.setUp(peer.id(), true);
    assertTrue(schedule.hasChanged());
    cluster.add();
    assertTrue(schedule.hasChanged());
    assertFalse(schedule.hasChanged());
  }
}
