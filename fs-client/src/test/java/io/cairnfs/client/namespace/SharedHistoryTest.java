package io.cairnfs.client.namespace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairnfs.client.clock.BootTimeClock;
import io.cairnfs.client.namespace.TroubledHead.Flaw;
import io.cairnfs.client.testing.MemoryBlocks;
import io.cairnfs.client.testing.MemoryHead;
import io.cairnfs.protocol.head.VolumeId;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Sessions that come, go and crash count on one shared number, behind a bad network. Each step that
 * was answered has a number of its own, and whatever begins after an answer, in any session, finds
 * that number or a later one. A seed gives the work and the troubles; threads do their part.
 */
@Timeout(300)
@Tag("extended")
final class SharedHistoryTest {

  private static final int SESSIONS = 3;
  private static final int STEPS = 60;
  private static final int SEEDS = 4;
  private static final int MANY_SEEDS = 300;
  private static final int FLAWED_SEEDS = 10;

  /**
   * What a session did.
   *
   * @param counted whether it made the number; else it found it
   */
  private record Call(long start, long end, long number, boolean counted) {}

  /** A volume, and how its sessions reach it. */
  private record Scene(MemoryHead head, MemoryBlocks blocks, VolumeId volume, Flaw flaw) {}

  private static NamespaceSession open(Scene scene, long seed) throws Exception {
    CommitOptions commit = new CommitOptions(Duration.ofMillis(5), Duration.ofSeconds(30), true);
    return new NamespaceOpener(
            TroubledHead.of(scene.head(), seed, scene.flaw()), scene.blocks(), new BootTimeClock())
        .open(NamespaceOptions.of(scene.volume(), "test").withCommit(commit), (reason, lost) -> {});
  }

  private static Call count(Namespace namespace) throws Exception {
    long start = System.nanoTime();
    long number =
        namespace.<Long, Exception>update(
            tx -> {
              InodeTimes times = tx.times(NamespaceView.ROOT);
              assertNotNull(times);
              tx.putTimes(NamespaceView.ROOT, new InodeTimes(0, 0, 0, times.size() + 1, 0, 0));
              return times.size() + 1;
            });
    return new Call(start, System.nanoTime(), number, true);
  }

  private static Call look(Namespace namespace) throws Exception {
    long start = System.nanoTime();
    long number =
        namespace.<Long, Exception>read(
            view -> {
              InodeTimes times = view.times(NamespaceView.ROOT);
              assertNotNull(times);
              return times.size();
            });
    return new Call(start, System.nanoTime(), number, false);
  }

  private static List<Call> work(Scene scene, long seed, CountDownLatch begin) throws Exception {
    Random random = new Random(seed);
    List<Call> calls = new ArrayList<>();
    NamespaceSession session = open(scene, seed);
    begin.countDown();
    begin.await(); // so that they are many for a while
    try {
      for (int step = 0; step < STEPS; step++) {
        try {
          calls.add(random.nextBoolean() ? count(session) : look(session));
        } catch (IOException e) {
          // Whether it happened is not known, and the session may be dead.
        }
        if (session.death() != null || random.nextInt(40) == 0) {
          end(session, random);
          session = open(scene, seed + 1000L * step);
        }
      }
      return calls;
    } finally {
      end(session, random);
    }
  }

  /** In peace, or by a crash, for which the others wait. */
  private static void end(NamespaceSession session, Random random) throws Exception {
    if (session.death() != null) {
      session.abandon();
    } else if (random.nextInt(8) == 0) {
      session.syncAll(); // what one that is alone has not committed may be lost
      session.abandon();
    } else {
      session.close();
    }
  }

  private static List<Call> run(long seed, Flaw flaw) throws Exception {
    MemoryHead head = new MemoryHead();
    Scene scene = new Scene(head, new MemoryBlocks(), head.found(1), flaw);
    List<Call> calls = new ArrayList<>();
    CountDownLatch begin = new CountDownLatch(SESSIONS);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<List<Call>>> work = new ArrayList<>();
      for (int i = 0; i < SESSIONS; i++) {
        long its = seed * SESSIONS + i;
        work.add(threads.submit(() -> work(scene, its, begin)));
      }
      for (Future<List<Call>> each : work) {
        calls.addAll(each.get());
      }
    }
    return calls;
  }

  private static void check(List<Call> calls) {
    List<Long> counted = calls.stream().filter(Call::counted).map(Call::number).sorted().toList();
    assertEquals(counted.stream().distinct().toList(), counted, "a number was counted twice");
    List<Call> byEnd = new ArrayList<>(calls);
    byEnd.sort(Comparator.comparingLong(Call::end));
    List<Call> byStart = new ArrayList<>(calls);
    byStart.sort(Comparator.comparingLong(Call::start));
    long answered = 0;
    int ended = 0;
    for (Call call : byStart) {
      while (ended < byEnd.size() && byEnd.get(ended).end() < call.start()) {
        answered = Math.max(answered, byEnd.get(ended++).number());
      }
      assertTrue(
          call.number() >= (call.counted() ? answered + 1 : answered),
          "a number that had been answered was not found");
    }
  }

  private static void checkSeeds(long first, int count) throws Exception {
    System.out.println("seeds " + first + " to " + (first + count - 1));
    for (long seed = first; seed < first + count; seed++) {
      List<Call> calls = run(seed, Flaw.NONE);
      try {
        check(calls);
      } catch (AssertionError e) {
        throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
      }
      assertTrue(calls.size() > SESSIONS * STEPS / 2, "too little was answered to prove anything");
    }
  }

  @Test
  void whatWasAnsweredIsFoundEverywhere() throws Exception {
    checkSeeds(1, SEEDS);
  }

  @Test
  @Timeout(7200)
  void whatWasAnsweredIsFoundEverywhereForManySeeds() throws Exception {
    checkSeeds(1_000_000, MANY_SEEDS);
  }

  @Test
  void withoutTheConflictCheckItFails() throws Exception {
    assertNotices(Flaw.NO_CONFLICT_CHECK);
  }

  @Test
  void answeringBeforeTheReleaseFails() throws Exception {
    assertNotices(Flaw.ANSWER_BEFORE_RELEASE);
  }

  private static void assertNotices(Flaw flaw) throws Exception {
    for (long seed = 1; seed <= FLAWED_SEEDS; seed++) {
      try {
        check(run(seed, flaw));
      } catch (AssertionError e) {
        return;
      } catch (ExecutionException e) {
        // The flaw made a session fail: not what this is to show.
      }
    }
    throw new AssertionError(FLAWED_SEEDS + " seeds did not notice " + flaw);
  }
}
