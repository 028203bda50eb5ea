package io.cairnfs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairnfs.client.fuse.linux.Errno;
import io.cairnfs.it.posix.LockingProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Locks of processes on different mounts of one volume: who waits, and what gives them back. */
@Timeout(300)
@Execution(ExecutionMode.CONCURRENT)
final class SharedLocksIT {

  private static final String TRY_WRITE = "6 1 "; // F_SETLK F_WRLCK, start, length
  private static final String AWAIT_WRITE = "7 1 ";
  private static final String UNLOCK = "6 2 ";
  private static final String FLOCK_EXCLUSIVE = "flock 2";
  private static final String FLOCK_EXCLUSIVE_NOW = "flock 6";
  private static final String FLOCK_UNLOCK = "flock 8";

  /** Long enough for a lock to be given that should not be. */
  private static final long WAIT_MILLIS = 500;

  /** A lease, its margin, and time for a busy machine. */
  private static final long PATIENCE_SECONDS = 60;

  private static final String FILE = "file";
  private static final String NAME = "locks-";

  /** Each has a volume of its own. */
  private static final int TESTS = 10;

  private static final AtomicInteger VOLUMES = new AtomicInteger();

  private static TestCluster cluster;
  private static Cairn cairn;

  private final String volume = NAME + VOLUMES.incrementAndGet();
  private final List<AutoCloseable> opened = new ArrayList<>();

  @BeforeAll
  static void startNodes() throws Exception {
    cluster = TestCluster.start(3);
    cairn = Cairn.of(cluster);
    cluster.createVolumes(cairn, NAME, TESTS);
  }

  @AfterAll
  static void stopNodes() {
    cluster.close();
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : opened.reversed()) {
      each.close();
    }
  }

  private TestMount mount(String... options) throws Exception {
    List<String> words = new ArrayList<>(List.of("-o", "timeout=20"));
    for (String option : options) {
      words.addAll(List.of("-o", option));
    }
    TestMount mount = TestMount.of(cairn, volume, words.toArray(String[]::new));
    opened.add(mount);
    Path file = mount.directory().resolve(FILE);
    if (!Files.exists(file)) {
      Files.writeString(file, "%10d".formatted(0));
    }
    return mount;
  }

  private LockingProcess process(TestMount on) throws Exception {
    LockingProcess process = LockingProcess.of(on.directory().resolve(FILE));
    opened.add(process);
    return process;
  }

  private static void assertWaits(CompletableFuture<Integer> answer) throws Exception {
    Thread.sleep(WAIT_MILLIS);
    assertFalse(answer.isDone(), "it should wait");
  }

  private static int result(CompletableFuture<Integer> answer) throws Exception {
    return answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  @Test
  void locksExcludeAcrossMounts() throws Exception {
    LockingProcess one = process(mount());
    assertEquals(0, one.tell(TRY_WRITE + "0 10")); // alone, and handed over
    assertEquals(0, one.tell(FLOCK_EXCLUSIVE));
    LockingProcess two = process(mount());
    assertEquals(Errno.EAGAIN, two.tell(TRY_WRITE + "9 1"));
    assertEquals(Errno.EAGAIN, two.tell(FLOCK_EXCLUSIVE_NOW));
    assertEquals(0, two.tell(TRY_WRITE + "10 1"));
    CompletableFuture<Integer> waiting = two.begin(AWAIT_WRITE + "5 1");
    assertWaits(waiting);
    assertEquals(0, one.tell(UNLOCK + "5 1"));
    assertEquals(0, result(waiting));
    assertEquals(Errno.EAGAIN, one.tell(TRY_WRITE + "5 1"));
    waiting = two.begin(FLOCK_EXCLUSIVE);
    assertWaits(waiting);
    assertEquals(0, one.tell("reopen"));
    assertEquals(0, result(waiting));
    assertEquals(0, one.tell(TRY_WRITE + "0 1"));
    assertEquals(Errno.EAGAIN, one.tell(TRY_WRITE + "10 1"));
  }

  @Test
  void whoAskedFirstIsFirst() throws Exception {
    List<LockingProcess> all = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      TestMount mount = mount();
      all.add(process(mount));
      all.add(process(mount));
    }
    LockingProcess holder = all.removeFirst();
    assertEquals(0, holder.tell(FLOCK_EXCLUSIVE));
    List<CompletableFuture<Integer>> waiting = new ArrayList<>();
    for (LockingProcess each : all) {
      waiting.add(each.begin(FLOCK_EXCLUSIVE));
      assertWaits(waiting.getLast());
    }
    for (int i = 0; i < all.size(); i++) {
      assertEquals(0, holder.tell(FLOCK_UNLOCK));
      assertEquals(0, result(waiting.get(i)));
      holder = all.get(i);
      for (CompletableFuture<Integer> later : waiting.subList(i + 1, waiting.size())) {
        assertFalse(later.isDone(), "out of turn");
      }
    }
  }

  @Test
  void whoWaitedAloneGoesOnWaiting() throws Exception {
    TestMount alone = mount();
    LockingProcess holder = process(alone);
    LockingProcess waiter = process(alone);
    assertEquals(0, holder.tell(TRY_WRITE + "0 0"));
    CompletableFuture<Integer> waiting = waiter.begin(AWAIT_WRITE + "0 1");
    assertWaits(waiting);
    TestMount second = mount();
    LockingProcess other = process(second);
    assertWaits(waiting);
    CompletableFuture<Integer> later = other.begin(AWAIT_WRITE + "0 1");
    assertWaits(later);
    assertEquals(0, holder.tell(UNLOCK + "0 0"));
    assertEquals(0, result(waiting));
    assertWaits(later);
    other.close();
    second.unmount();
    Thread.sleep(WAIT_MILLIS * 2); // alone again
    CompletableFuture<Integer> back = holder.begin(AWAIT_WRITE + "0 1");
    assertWaits(back);
    assertEquals(0, waiter.tell(UNLOCK + "0 1"));
    assertEquals(0, result(back));
  }

  @Test
  void aCircleOfWaitersIsRefused() throws Exception {
    LockingProcess one = process(mount());
    LockingProcess two = process(mount());
    assertEquals(0, one.tell(TRY_WRITE + "0 1"));
    assertEquals(0, two.tell(TRY_WRITE + "1 1"));
    CompletableFuture<Integer> waiting = one.begin(AWAIT_WRITE + "1 1");
    assertWaits(waiting);
    assertEquals(Errno.EDEADLK, two.tell(AWAIT_WRITE + "0 1"));
    assertEquals(0, two.tell(UNLOCK + "1 1"));
    assertEquals(0, result(waiting));
  }

  @Test
  void theDeathOfAHolderGivesItsLocksBack() throws Exception {
    LockingProcess one = process(mount());
    LockingProcess two = process(mount());
    assertEquals(0, one.tell(TRY_WRITE + "0 0"));
    assertEquals(0, one.tell(FLOCK_EXCLUSIVE));
    CompletableFuture<Integer> waiting = two.begin(AWAIT_WRITE + "0 0");
    assertWaits(waiting);
    one.kill();
    assertEquals(0, result(waiting));
    assertEquals(0, result(two.begin(FLOCK_EXCLUSIVE)));
  }

  @Test
  void aDeadWaiterHoldsUpNobody() throws Exception {
    LockingProcess one = process(mount());
    TestMount second = mount();
    LockingProcess two = process(second);
    LockingProcess three = process(second);
    assertEquals(0, one.tell(TRY_WRITE + "0 0"));
    CompletableFuture<Integer> dead = two.begin(AWAIT_WRITE + "0 0");
    assertWaits(dead);
    CompletableFuture<Integer> waiting = three.begin(AWAIT_WRITE + "0 0");
    assertWaits(waiting);
    two.kill();
    assertEquals(0, one.tell(UNLOCK + "0 0"));
    assertEquals(0, result(waiting));
  }

  @Test
  void theLocksOfAKilledMountAreFreeAfterItsLease() throws Exception {
    TestMount first = mount();
    LockingProcess one = process(first);
    LockingProcess two = process(mount());
    assertEquals(0, one.tell(TRY_WRITE + "0 0"));
    CompletableFuture<Integer> waiting = two.begin(AWAIT_WRITE + "0 0");
    assertWaits(waiting);
    first.kill();
    assertEquals(0, result(waiting));
  }

  @Test
  void whoLostItsLocksLearnsSo() throws Exception {
    TestMount first = mount();
    LockingProcess one = process(first);
    LockingProcess two = process(mount());
    assertEquals(0, one.tell(TRY_WRITE + "0 0"));
    first.pause();
    assertEquals(0, result(two.begin(AWAIT_WRITE + "0 0")));
    first.resume();
    assertEquals(Errno.EIO, one.tell(TRY_WRITE + "0 0"));
    awaitNewSession(first);
    assertEquals(0, one.tell("reopen"));
    assertEquals(Errno.EAGAIN, one.tell(TRY_WRITE + "0 0"));
  }

  private static void awaitNewSession(TestMount mount) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (true) {
      try {
        Files.readString(mount.directory().resolve(FILE));
        return;
      } catch (IOException e) {
        if (System.nanoTime() > end) {
          throw e;
        }
        TimeUnit.MILLISECONDS.sleep(100);
      }
    }
  }

  private int counted(int each, String... options) throws Exception {
    List<LockingProcess> processes = new ArrayList<>();
    Path file = null;
    for (int i = 0; i < 2; i++) {
      TestMount mount = mount(options);
      processes.add(process(mount));
      processes.add(process(mount));
      file = mount.directory().resolve(FILE);
    }
    List<CompletableFuture<Integer>> counts = new ArrayList<>();
    for (LockingProcess each1 : processes) {
      counts.add(each1.begin("count " + each));
    }
    for (CompletableFuture<Integer> count : counts) {
      assertEquals(0, result(count));
    }
    return Integer.parseInt(Files.readString(file).strip());
  }

  @Test
  void whoGetsALockSeesWhatItsHoldersWrote() throws Exception {
    assertEquals(4 * 50, counted(50));
  }

  @Test
  void withLocksOfEachMountAloneCountsAreLost() throws Exception {
    int counted = counted(50, "local_locks");
    assertTrue(counted < 4 * 50, () -> counted + " counted without a lock between mounts");
  }
}
