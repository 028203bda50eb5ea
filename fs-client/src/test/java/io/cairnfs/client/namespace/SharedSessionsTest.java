package io.cairnfs.client.namespace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairnfs.client.clock.BootTimeClock;
import io.cairnfs.client.testing.MemoryBlocks;
import io.cairnfs.client.testing.MemoryHead;
import io.cairnfs.client.wait.Deadline;
import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.head.Quota;
import io.cairnfs.protocol.head.VolumeId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Several sessions of one volume at a head in memory. */
@Timeout(120)
final class SharedSessionsTest {

  private static final long ROOT = NamespaceView.ROOT;
  private static final long SECOND = 1000;

  private final MemoryHead head = new MemoryHead();
  private final MemoryBlocks blocks = new MemoryBlocks();
  private final VolumeId volume = head.found(1);
  private final List<NamespaceSession> sessions = new ArrayList<>();
  private final CompletableFuture<NamespaceException> died = new CompletableFuture<>();

  private NamespaceSession open() throws Exception {
    CommitOptions commit = new CommitOptions(Duration.ofHours(1), Duration.ofSeconds(20), true);
    NamespaceSession session =
        new NamespaceOpener(head, blocks, new BootTimeClock())
            .open(
                NamespaceOptions.of(volume, "test").withCommit(commit),
                (reason, lost) -> died.complete(reason));
    sessions.add(session);
    return session;
  }

  @AfterEach
  void abandonAll() {
    head.setFault(null);
    sessions.forEach(NamespaceSession::abandon);
  }

  /** Makes a file if there is none of that name; tells whether it did. */
  private static boolean create(Namespace namespace, String name) throws Exception {
    return namespace.<Boolean, Exception>update(
        tx -> {
          if (tx.lookup(ROOT, Name.of(name)) != null) {
            return false;
          }
          long inode = tx.newInode();
          tx.putInode(inode, TestValues.file(1));
          tx.putTimes(inode, TestValues.noTimes());
          tx.putEntry(ROOT, Name.of(name), inode, FileType.REGULAR);
          tx.changeTimes(ROOT, TimesChange.modified(5).addingEntries(1, 0));
          return true;
        });
  }

  private static boolean remove(Namespace namespace, String name) throws Exception {
    return namespace.<Boolean, Exception>update(
        tx -> {
          DirectoryEntry entry = tx.lookup(ROOT, Name.of(name));
          if (entry == null) {
            return false;
          }
          tx.deleteEntry(ROOT, Name.of(name));
          tx.deleteTimes(entry.inode());
          tx.deleteInode(entry.inode());
          tx.changeTimes(ROOT, TimesChange.modified(5).addingEntries(-1, 0));
          return true;
        });
  }

  private static boolean exists(Namespace namespace, String name) throws Exception {
    return namespace.<Boolean, Exception>read(view -> view.lookup(ROOT, Name.of(name)) != null);
  }

  private static long entries(Namespace namespace) throws Exception {
    return namespace.<Long, Exception>read(
        view -> {
          InodeTimes times = view.times(ROOT);
          int listed = view.list(ROOT, 0, Integer.MAX_VALUE).size();
          assertEquals(listed, times == null ? -1 : times.size(), "of the root directory");
          return (long) listed;
        });
  }

  private static boolean isExclusive(NamespaceSession session) {
    return session.leaseLeftNanos() > 0;
  }

  private static void awaitExclusive(NamespaceSession session) throws InterruptedException {
    for (int i = 0; i < 1500 && !isExclusive(session); i++) {
      Thread.sleep(10);
    }
    assertTrue(isExclusive(session), "it did not claim the volume");
  }

  @Test
  void whatOneDoesTheOtherSeesAtOnce() throws Exception {
    NamespaceSession one = open();
    create(one, "before");
    assertTrue(isExclusive(one));
    NamespaceSession two = open();
    assertFalse(isExclusive(one) || isExclusive(two));
    assertTrue(exists(two, "before"), "uncommitted until the other came");
    assertTrue(create(two, "by two"));
    assertTrue(exists(one, "by two"));
    assertFalse(create(one, "by two"));
    assertTrue(remove(one, "before"));
    assertFalse(exists(two, "before"));
    NamespaceSession three = open();
    assertTrue(create(three, "by three"));
    assertTrue(exists(one, "by three"));
    assertTrue(exists(two, "by three"));
    assertEquals(2, entries(three));
    assertEquals(3, one.usage().inodes());
    assertEquals(3, two.usage().inodes());
  }

  @Test
  void whoIsLeftAloneGoesOnInMemory() throws Exception {
    NamespaceSession one = open();
    NamespaceSession two = open();
    create(two, "a");
    two.close();
    awaitExclusive(one);
    long calls = head.commitCalls();
    create(one, "b");
    assertEquals(calls, head.commitCalls(), "no round trip per operation");
    NamespaceSession three = open();
    assertTrue(exists(three, "b"));
    three.close();
    awaitExclusive(one);
    one.close();
    NamespaceSession again = open();
    assertEquals(2, entries(again));
  }

  @Test
  void theDeadAreWaitedForNoLongerThanTheirLease() throws Exception {
    NamespaceSession one = open();
    NamespaceSession two = open();
    create(two, "a");
    two.abandon();
    long start = System.nanoTime();
    assertTrue(create(one, "b"));
    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    assertTrue(millis < 8 * SECOND, "it took " + millis + " ms");
    awaitExclusive(one);
  }

  @Test
  void aLostAnswerIsNotASecondExecution() throws Exception {
    NamespaceSession one = open();
    NamespaceSession two = open();
    AtomicInteger lost = new AtomicInteger();
    head.setFault(
        new MemoryHead.Fault() {
          @Override
          public void after(String method) throws HeadException {
            if (method.equals("commit") && lost.incrementAndGet() % 3 != 0) {
              throw new HeadException(HeadException.Reason.UNAVAILABLE, "lost");
            }
          }
        });
    for (int i = 0; i < 5; i++) {
      assertTrue(create(one, "file " + i), "its own file was in its way");
    }
    assertEquals(5, entries(two));
    assertTrue(lost.get() >= 10);
  }

  @Test
  void aQuotaIsTheCallersError() throws Exception {
    NamespaceSession one = open();
    NamespaceSession two = open();
    head.setQuota(volume, new Quota(Quota.UNBOUNDED, 3));
    assertTrue(create(one, "a"));
    assertTrue(create(two, "b"));
    while (two.quota().equals(Quota.NONE) || one.quota().equals(Quota.NONE)) {
      Thread.sleep(20); // they hear of it when they renew their leases
    }
    NamespaceException refused =
        assertThrows(NamespaceException.class, () -> createUntilRefused(two));
    assertEquals(NamespaceException.Reason.OVER_QUOTA, refused.reason());
    assertTrue(remove(one, "a"));
    assertNull(two.death());
  }

  /** A session may use up what it was told before. */
  private static void createUntilRefused(Namespace namespace) throws Exception {
    for (int i = 0; i < 10; i++) {
      create(namespace, "more " + i);
    }
  }

  @Test
  void foldsKeepTheViews() throws Exception {
    NamespaceSession one = open();
    NamespaceSession two = open();
    for (int round = 0; round < 4; round++) {
      for (int i = 0; i < 10; i++) {
        create(one, "one " + round + " " + i);
        create(two, "two " + round + " " + i);
        remove(two, "one " + (round - 1) + " " + i);
      }
      one.fold();
      assertEquals(head.state(volume).sequence(), head.state(volume).rootSequence());
      long expected = 10L * (round + 1) + 10;
      assertEquals(expected, entries(one));
      assertEquals(expected, entries(two));
    }
    NamespaceSession three = open();
    assertEquals(50, entries(three));
  }

  @Test
  void cutOffFromItsHeadASessionEndsItsOperationsInTime() throws Exception {
    NamespaceSession one = open();
    NamespaceSession two = open();
    create(one, "a");
    head.setFault(
        new MemoryHead.Fault() {
          @Override
          public void before(String method) throws HeadException {
            throw new HeadException(HeadException.Reason.UNAVAILABLE, "cut off");
          }
        });
    long start = System.nanoTime();
    assertThrows(
        NamespaceException.class,
        () -> Deadline.await(Duration.ofSeconds(1), () -> create(two, "b")));
    assertTrue(exists(two, "a"), "while the lease runs");
    assertThrows(
        NamespaceException.class,
        () -> Deadline.await(Duration.ofSeconds(7), () -> readUntilLapsed(two)));
    assertTrue(System.nanoTime() - start < Duration.ofSeconds(9).toNanos());
    head.setFault(null);
    assertTrue(create(open(), "c"), "the next session goes on");
  }

  private static boolean readUntilLapsed(Namespace namespace) throws Exception {
    while (true) {
      exists(namespace, "a");
      Thread.sleep(20);
    }
  }

  /**
   * Three sessions, two threads each, take and give the same few names; every name has one owner.
   */
  @Test
  void namesAreTakenByOneAtATime() throws Exception {
    long seed = new Random().nextLong();
    System.out.println("seed " + seed);
    List<NamespaceSession> all = List.of(open(), open(), open());
    ConcurrentHashMap<String, Boolean> owned = new ConcurrentHashMap<>();
    AtomicInteger taken = new AtomicInteger();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> work = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        NamespaceSession session = all.get(i % all.size());
        Random random = new Random(seed + i);
        work.add(
            threads.submit(
                () -> {
                  for (int step = 0; step < 60; step++) {
                    String name = "name " + random.nextInt(3);
                    if (create(session, name)) {
                      assertNull(owned.put(name, true), name + " was taken twice");
                      taken.incrementAndGet();
                      assertTrue(exists(session, name));
                      owned.remove(name);
                      assertTrue(remove(session, name), name + " was taken away");
                    }
                  }
                  return true;
                }));
      }
      for (Future<?> each : work) {
        each.get();
      }
    }
    System.out.println(taken + " times a name was taken");
    for (NamespaceSession session : all) {
      assertEquals(0, entries(session));
    }
    assertTrue(taken.get() > 60);
  }
}
