package io.cairnfs.client.namespace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairnfs.client.clock.BootTimeClock;
import io.cairnfs.client.testing.MemoryBlocks;
import io.cairnfs.client.testing.MemoryHead;
import io.cairnfs.client.wait.Deadline;
import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.head.VolumeId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many threads at once, folds among them, and directories larger than the cache. */
final class ConcurrencyTest {

  private static final long ROOT = NamespaceView.ROOT;
  private static final int THREADS = 4;
  private static final int FILES = 1500;

  private final MemoryHead head = new MemoryHead();
  private final MemoryBlocks blocks = new MemoryBlocks();
  private final VolumeId volume = head.found(1);

  private NamespaceSession open(long cacheBytes) throws Exception {
    NamespaceOptions options =
        NamespaceOptions.of(volume, "test")
            .withCacheBytes(cacheBytes)
            .withCommit(new CommitOptions(Duration.ofMillis(5), Duration.ofSeconds(60), true));
    return new NamespaceOpener(head, blocks, new BootTimeClock())
        .open(options, (reason, lost) -> {});
  }

  @Test
  @Timeout(120)
  void updatesAndFoldsRace() throws Exception {
    NamespaceSession session = open(400_000);
    AtomicBoolean done = new AtomicBoolean();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Boolean>> workers = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        int worker = i;
        workers.add(threads.submit(() -> createAndCheck(session, worker)));
      }
      Future<Integer> folds = threads.submit(() -> foldUntil(session, done));
      for (Future<Boolean> worker : workers) {
        assertTrue(worker.get());
      }
      done.set(true);
      assertTrue(folds.get() > 1, "folds happened meanwhile");
    }
    checkAll(session);
    session.close();
    NamespaceSession again = open(400_000);
    checkAll(again);
    assertEquals(THREADS * FILES + 1, again.usage().inodes());
    again.close();
  }

  private static int foldUntil(NamespaceSession session, AtomicBoolean done) throws Exception {
    int folds = 0;
    while (!done.get()) {
      session.fold();
      folds++;
      Thread.sleep(2);
    }
    return folds;
  }

  private static boolean createAndCheck(NamespaceSession session, int worker) throws Exception {
    for (int i = 0; i < FILES; i++) {
      String name = worker + "-" + i;
      long inode = SessionTest.create(session, name);
      DirectoryEntry found =
          session.<DirectoryEntry, Exception>read(
              view -> Objects.requireNonNull(view.lookup(ROOT, Name.of(name))));
      assertEquals(inode, found.inode());
      if (i % 100 == 0) {
        session.sync(inode);
      }
    }
    return true;
  }

  private static void checkAll(NamespaceSession session) throws Exception {
    List<DirectoryEntry> all = new ArrayList<>();
    long cookie = 0;
    List<DirectoryEntry> page;
    do {
      long after = cookie;
      page =
          session.<List<DirectoryEntry>, Exception>read(
              view -> withInodes(view, view.list(ROOT, after, 500)));
      all.addAll(page);
      cookie = page.isEmpty() ? cookie : page.getLast().cookie();
    } while (!page.isEmpty());
    assertEquals(THREADS * FILES, all.size());
    assertEquals(THREADS * FILES, all.stream().map(DirectoryEntry::inode).distinct().count());
    InodeTimes times =
        session.<InodeTimes, Exception>read(view -> Objects.requireNonNull(view.times(ROOT)));
    assertEquals(THREADS * FILES, times.size());
  }

  private static List<DirectoryEntry> withInodes(NamespaceView view, List<DirectoryEntry> entries) {
    for (DirectoryEntry entry : entries) {
      assertNotNull(view.inode(entry.inode()));
      assertNotNull(view.times(entry.inode()));
    }
    return entries;
  }

  @Test
  @Timeout(120)
  void anOperationThatNeedsMoreThanTheCacheHoldsComesToItsEnd() throws Exception {
    NamespaceSession session = open(1 << 20);
    createAndCheck(session, 0);
    session.close();
    NamespaceSession tiny = open(1);
    List<DirectoryEntry> all =
        tiny.<List<DirectoryEntry>, Exception>read(
            view -> withInodes(view, view.list(ROOT, 0, Integer.MAX_VALUE)));
    assertEquals(FILES, all.size());
    tiny.close();
  }

  @Test
  @Timeout(120)
  void whatIsUncommittedIsBounded() throws Exception {
    NamespaceSession session = open(1 << 20);
    session.syncAll();
    head.setFault(
        new MemoryHead.Fault() {
          @Override
          public void before(String method) throws HeadException {
            if (method.equals("commit")) {
              throw new HeadException(HeadException.Reason.UNAVAILABLE, "told to fail");
            }
          }
        });
    int made = 0;
    try {
      for (; made < 2 * Committer.MAX_UNCOMMITTED; made++) {
        Deadline.run(Duration.ofMillis(50), () -> touch(session));
      }
    } catch (NamespaceException e) {
      assertEquals(NamespaceException.Reason.UNAVAILABLE, e.reason());
    }
    assertEquals(Committer.MAX_UNCOMMITTED, made);
    head.setFault(null);
    assertTrue(touch(session), "goes on when the head is back");
    session.close();
  }

  private static boolean touch(Namespace session) throws Exception {
    return session.<Boolean, Exception>update(
        tx -> {
          tx.changeTimes(ROOT, TimesChange.changed(1));
          return true;
        });
  }
}
