package io.cairnfs.node.head;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairnfs.protocol.head.NewSnapshot;
import io.cairnfs.protocol.head.Snapshot;
import io.cairnfs.protocol.head.SnapshotSchedule;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Schedules of snapshots, with a clock that the test turns. */
final class SnapshotWorkerTest {

  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final Instant START = Instant.parse("2026-11-01T00:30:00Z");

  private final HeadFixture fixture = new HeadFixture();
  private Instant now = START;
  private CellHeads heads;
  private CellSnapshots snapshots;
  private SnapshotWorker worker;

  @BeforeEach
  void open() throws Exception {
    JournalEngine engine = JournalEngine.open(new MemoryJournal());
    heads = new CellHeads(engine, HeadFixture.VOTER);
    snapshots = new CellSnapshots(engine, HeadFixture.VOTER, () -> now);
    worker =
        new SnapshotWorker(
            HostedHeads.only(new Hosted(heads, snapshots)), () -> now, Duration.ZERO);
    heads.found(fixture.founding, TIMEOUT);
    heads.open(fixture.volume, HeadFixture.session(1), "holder", TIMEOUT);
  }

  @AfterEach
  void close() {
    heads.close();
  }

  private void commit() throws Exception {
    heads.commit(
        fixture.volume, HeadFixture.session(1), 1, 0, List.of(HeadFixture.commit("body")), TIMEOUT);
  }

  private void schedule(Duration every, SnapshotSchedule.Keep... keep) throws Exception {
    snapshots.setSchedule(fixture.volume, new SnapshotSchedule(every, List.of(keep)), TIMEOUT);
  }

  private List<Snapshot> list() throws Exception {
    return snapshots.list(fixture.volume, TIMEOUT).snapshots();
  }

  private void run(Duration time, Duration step) throws Exception {
    Instant end = now.plus(time);
    while (!now.isAfter(end)) {
      worker.work();
      now = now.plus(step);
    }
  }

  @Test
  void snapshotsAreMadeByScheduleAndNotWithout() throws Exception {
    commit();
    run(Duration.ofHours(5), Duration.ofMinutes(1));
    assertEquals(List.of(), list());
    schedule(Duration.ofHours(1));
    run(Duration.ofHours(5), Duration.ofMinutes(1));
    assertEquals(6, list().size());
    assertTrue(list().stream().allMatch(Snapshot::automatic));
    assertEquals("auto-" + list().getFirst().created(), list().getFirst().name());
    schedule(Duration.ZERO);
    run(Duration.ofHours(5), Duration.ofMinutes(1));
    assertEquals(6, list().size());
  }

  @Test
  void rulesKeepOneOfEachSpan() throws Exception {
    commit();
    snapshots.create(fixture.volume, NewSnapshot.named("a person's"), TIMEOUT);
    schedule(
        Duration.ofHours(1),
        new SnapshotSchedule.Keep(Duration.ofHours(24), Duration.ofHours(1)),
        new SnapshotSchedule.Keep(Duration.ofDays(7), Duration.ofDays(1)));
    run(Duration.ofDays(20), Duration.ofMinutes(10));
    List<Snapshot> left = list();
    assertEquals("a person's", left.getFirst().name());
    // 24 hours of one each, and a day's first of the six days before those.
    assertEquals(1 + 25 + 6, left.size(), () -> left.toString());
    Instant oldest = left.get(1).created();
    assertTrue(Duration.between(oldest, now).compareTo(Duration.ofDays(7).plusHours(1)) <= 0);
  }

  @Test
  void aVolumeThatNobodyMountedIsLeftAlone() throws Exception {
    schedule(Duration.ofHours(1));
    run(Duration.ofHours(2), Duration.ofMinutes(10));
    assertEquals(List.of(), list());
    commit();
    worker.work();
    assertEquals(1, list().size());
  }

  @Test
  void theNewestStaysHoweverOldItIs() throws Exception {
    commit();
    schedule(
        Duration.ofDays(30), new SnapshotSchedule.Keep(Duration.ofHours(1), Duration.ofHours(1)));
    run(Duration.ofDays(29), Duration.ofHours(1));
    assertEquals(1, list().size());
    run(Duration.ofDays(3), Duration.ofHours(1));
    assertEquals(1, list().size());
    assertTrue(list().getFirst().created().isAfter(START.plus(Duration.ofDays(29))));
  }
}
