package io.cairnfs.client.namespace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairnfs.client.block.BlockException;
import io.cairnfs.client.extent.BlockRef;
import io.cairnfs.client.extent.Extent;
import io.cairnfs.client.extent.FileExtent;
import io.cairnfs.client.testing.MemoryBlocks;
import io.cairnfs.client.testing.MemoryHead;
import io.cairnfs.client.wait.Deadline;
import io.cairnfs.client.wait.ImpatientThread;
import io.cairnfs.client.wait.WouldBlockException;
import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.head.HeadLimits;
import io.cairnfs.protocol.head.SessionId;
import io.cairnfs.protocol.head.VolumeId;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A session with a head and blocks in memory. */
@Timeout(60)
final class SessionTest {

  private static final long ROOT = NamespaceView.ROOT;
  private static final Duration LONG = Duration.ofHours(1);

  private final AtomicLong now = new AtomicLong();
  private final MemoryHead head = new MemoryHead(Duration.ofSeconds(5), now::get);
  private final MemoryBlocks blocks = new MemoryBlocks();
  private final VolumeId volume = head.found(1);
  private final CompletableFuture<NamespaceException> died = new CompletableFuture<>();

  private NamespaceSession open(CommitOptions commit) throws Exception {
    NamespaceOptions options =
        NamespaceOptions.of(volume, "test").withRootOwner(3, 4).withCommit(commit);
    return new NamespaceOpener(head, blocks, now::get)
        .open(options, (reason, lost) -> died.complete(reason));
  }

  /** A session that sends nothing before it is told to. */
  private NamespaceSession open() throws Exception {
    return open(new CommitOptions(LONG, Duration.ofSeconds(60), true));
  }

  /** Another session after this one has crashed. */
  private NamespaceSession reopen() throws Exception {
    now.addAndGet(Duration.ofSeconds(60).toNanos());
    return open();
  }

  static long create(Namespace namespace, String name) throws Exception {
    return namespace.<Long, Exception>update(
        tx -> {
          if (tx.lookup(ROOT, Name.of(name)) != null) {
            throw new IllegalStateException(name + " exists");
          }
          long inode = tx.newInode();
          tx.putInode(inode, TestValues.file(1));
          tx.putTimes(inode, TestValues.noTimes());
          tx.putEntry(ROOT, Name.of(name), inode, FileType.REGULAR);
          tx.changeTimes(ROOT, TimesChange.modified(5).addingEntries(1, 0));
          return inode;
        });
  }

  private static void write(Namespace namespace, long inode, long offset, Extent extent)
      throws Exception {
    namespace.<Boolean, Exception>update(
        tx -> {
          tx.putExtent(inode, offset, extent);
          tx.changeTimes(inode, TimesChange.modified(6).raisingSize(offset + extent.length()));
          tx.contentOf(inode);
          return true;
        });
  }

  /** A session that has nothing in memory of a root directory with this many names. */
  private NamespaceSession openLarge(int names) throws Exception {
    NamespaceSession session = open();
    for (int i = 0; i < names; i++) {
      create(session, "name " + i);
    }
    session.syncAll();
    session.fold();
    session.close();
    return open();
  }

  /** The next names by hash are as good as any others. */
  @Test
  void aNameTakesOneBlockOfNames() throws Exception {
    NamespaceSession session = openLarge(20_000);
    long start = blocks.gets();
    assertTrue(exists(session, "name 0"));
    assertEquals(2, blocks.gets() - start, "the root, and the block of the name");
    session.close();
  }

  /** In a large directory neighbours by name have their inodes anywhere. */
  @Test
  void onlyWhoAsksForInodesPaysForThem() throws Exception {
    int limit = 200;
    NamespaceSession session = openLarge(20_000);
    long start = blocks.gets();
    List<DirectoryEntry> names =
        session.<List<DirectoryEntry>, Exception>read(view -> view.list(ROOT, 0, limit));
    long forNames = blocks.gets() - start;
    session.<Boolean, Exception>read(
        view -> {
          view.expectInodes(names);
          names.forEach(entry -> assertNotNull(view.inode(entry.inode())));
          return true;
        });
    long forInodes = blocks.gets() - start - forNames;
    assertEquals(limit, names.size());
    assertTrue(forNames < forInodes, () -> forNames + " for names, " + forInodes + " for inodes");
    session.close();
  }

  private static boolean exists(Namespace namespace, String name) throws Exception {
    return namespace.<Boolean, Exception>read(view -> view.lookup(ROOT, Name.of(name)) != null);
  }

  private static List<FileExtent> extents(Namespace namespace, long inode) throws Exception {
    return namespace.<List<FileExtent>, Exception>read(
        view -> view.extents(inode, 0, Long.MAX_VALUE));
  }

  @Test
  void aFreshVolumeHasARoot() throws Exception {
    NamespaceSession session = open();
    Inode root = session.<Inode, Exception>read(view -> Objects.requireNonNull(view.inode(ROOT)));
    assertEquals(3, root.uid());
    assertEquals(4, root.gid());
    assertEquals(FileType.DIRECTORY, root.type());
    assertEquals(1, session.usage().inodes());
    session.close();
    assertNotNull(head.state(volume).root(), "closing folds");
    NamespaceSession again = open();
    assertNotNull(again.<@Nullable Inode, Exception>read(view -> view.inode(ROOT)));
    again.close();
  }

  @Test
  void whatWasSyncedSurvivesACrashAndTheRestDoesNot() throws Exception {
    NamespaceSession session = open();
    create(session, "kept");
    session.syncAll();
    create(session, "lost");
    session.abandon();

    NamespaceSession again = reopen();
    assertTrue(exists(again, "kept"));
    assertFalse(exists(again, "lost"));
    assertEquals(2, again.usage().inodes());
    again.close();
  }

  @Test
  void theIntervalCommitsByItself() throws Exception {
    NamespaceSession session =
        open(new CommitOptions(Duration.ofMillis(20), Duration.ofSeconds(60), true));
    create(session, "a");
    long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (head.state(volume).sequence() < 2 && System.nanoTime() < deadline) {
      Thread.sleep(5);
    }
    assertEquals(2, head.state(volume).sequence());
    session.close();
  }

  @Test
  void aSyncOfOneFileDoesNotWaitForAnother() throws Exception {
    NamespaceSession session = open();
    long slow = create(session, "slow");
    long fast = create(session, "fast");
    ManualBlock slowBlock = new ManualBlock(new byte[] {1});
    ManualBlock fastBlock = new ManualBlock(new byte[] {2});
    write(session, slow, 0, new Extent.InBlock(slowBlock, 0, 1));
    write(session, fast, 0, new Extent.InBlock(fastBlock, 0, 1));
    create(session, "later");
    fastBlock.makeDurable();

    session.sync(fast);
    assertTrue(fastBlock.isPushed());
    assertFalse(slowBlock.isPushed());
    session.abandon();

    NamespaceSession again = reopen();
    assertTrue(exists(again, "later"));
    assertEquals(1, extents(again, fast).size());
    assertEquals(0, extents(again, slow).size());
    again.close();
  }

  @Test
  void aRenameWaitsForTheContentBeforeIt() throws Exception {
    NamespaceSession session = open();
    long file = create(session, "new");
    ManualBlock block = new ManualBlock(new byte[] {1});
    write(session, file, 0, new Extent.InBlock(block, 0, 1));
    session.<Boolean, Exception>update(
        tx -> {
          tx.orderAfterContentOf(file);
          tx.deleteEntry(ROOT, Name.of("new"));
          tx.putEntry(ROOT, Name.of("old"), file, FileType.REGULAR);
          return true;
        });
    assertThrows(
        NamespaceException.class,
        () -> Deadline.run(Duration.ofMillis(200), () -> synced(session, ROOT)));
    assertTrue(block.isPushed(), "what it waits for is on its way");
    assertEquals(2, head.state(volume).sequence(), "root and create, but not the rename");
    block.makeDurable();
    session.sync(ROOT);
    session.abandon();
    NamespaceSession again = reopen();
    assertTrue(exists(again, "old"));
    assertEquals(1, extents(again, file).size());
    again.close();
  }

  private static boolean synced(Namespace namespace, long inode) throws Exception {
    namespace.sync(inode);
    return true;
  }

  @Test
  void aCommitIsNeverSentBeforeItsBlocks() throws Exception {
    assertEquals(1, sequenceAfterSyncOfAnUnsafeFile(true));
  }

  @Test
  void withoutTheSafeguardThatTestWouldFail() throws Exception {
    assertTrue(sequenceAfterSyncOfAnUnsafeFile(false) > 1);
  }

  /** What is committed, besides the file's creation, while the file's block is not durable. */
  private long sequenceAfterSyncOfAnUnsafeFile(boolean awaitBlocks) throws Exception {
    NamespaceSession session = open(new CommitOptions(LONG, Duration.ofSeconds(60), awaitBlocks));
    long file = create(session, "a");
    session.syncAll();
    write(session, file, 0, new Extent.InBlock(new ManualBlock(new byte[] {1}), 0, 1));
    try {
      Deadline.run(Duration.ofMillis(200), () -> synced(session, file));
    } catch (NamespaceException e) {
      assertEquals(NamespaceException.Reason.UNAVAILABLE, e.reason());
    }
    session.abandon();
    return head.state(volume).sequence() - 1;
  }

  @Test
  void durableBlocksAreLetGo() throws Exception {
    NamespaceSession session = open();
    long file = create(session, "a");
    ManualBlock block = new ManualBlock(new byte[] {1, 2, 3});
    write(session, file, 0, new Extent.InBlock(block, 0, 2));
    block.makeDurable();
    session.syncAll();
    Extent.InBlock extent = (Extent.InBlock) extents(session, file).getFirst().extent();
    assertEquals(new BlockRef.Stored(Objects.requireNonNull(block.cid())), extent.block());
    session.close();
  }

  @Test
  void aFailedUploadEndsTheSession() throws Exception {
    NamespaceSession session = open();
    long file = create(session, "a");
    session.syncAll();
    ManualBlock block = new ManualBlock(new byte[] {1});
    write(session, file, 0, new Extent.InBlock(block, 0, 1));
    block.makeFail(new BlockException(BlockException.Reason.NO_SPACE, "full"));
    NamespaceException failure = assertThrows(NamespaceException.class, () -> session.sync(file));
    assertEquals(NamespaceException.Reason.NO_SPACE, failure.reason());
    assertEquals(NamespaceException.Reason.NO_SPACE, died.get(10, TimeUnit.SECONDS).reason());
    NamespaceException later = assertThrows(NamespaceException.class, () -> exists(session, "a"));
    assertEquals(NamespaceException.Reason.FENCED, later.reason());
    session.close();
    NamespaceSession again = reopen();
    assertTrue(exists(again, "a"));
    again.close();
  }

  @Test
  void aFencedSessionIsDead() throws Exception {
    NamespaceSession session = open();
    create(session, "a");
    head.fence(volume);
    assertThrows(NamespaceException.class, session::syncAll);
    assertNotNull(died.get(10, TimeUnit.SECONDS));
    assertEquals(0, session.leaseLeftNanos());
    assertThrows(NamespaceException.class, () -> create(session, "b"));
    session.close();
  }

  @Test
  void whereOneWantsToBeAloneASessionIsRefusedAndToldTheHolder() throws Exception {
    head.openAlone(volume, SessionId.random(), "fsck", LONG);
    HeadException held = assertThrows(HeadException.class, this::open);
    assertEquals(HeadException.Reason.HELD, held.reason());
    assertTrue(String.valueOf(held.getMessage()).contains("fsck"));
  }

  @Test
  void lostAnswersCommitOnce() throws Exception {
    NamespaceSession session = open();
    AtomicInteger calls = new AtomicInteger();
    head.setFault(
        new MemoryHead.Fault() {
          @Override
          public void before(String method) throws HeadException {
            failAtTimes(method, 3);
          }

          @Override
          public void after(String method) throws HeadException {
            failAtTimes(method, 2);
          }

          private void failAtTimes(String method, int each) throws HeadException {
            if (method.equals("commit") && calls.incrementAndGet() % each != 0) {
              throw new HeadException(HeadException.Reason.UNAVAILABLE, "told to fail");
            }
          }
        });
    for (int i = 0; i < 10; i++) {
      create(session, "f" + i);
      session.syncAll();
    }
    assertEquals(11, head.state(volume).sequence());
    head.setFault(null);
    session.close();
  }

  @Test
  void aLapsedLeaseStopsEverythingUntilItIsRenewed() throws Exception {
    NamespaceSession session = open();
    head.setFault(
        new MemoryHead.Fault() {
          @Override
          public void before(String method) throws HeadException {
            throw new HeadException(HeadException.Reason.UNAVAILABLE, "cut off");
          }
        });
    now.addAndGet(Duration.ofSeconds(6).toNanos());
    assertEquals(0, session.leaseLeftNanos());
    NamespaceException failure =
        assertThrows(
            NamespaceException.class,
            () -> Deadline.run(Duration.ofMillis(100), () -> exists(session, "a")));
    assertEquals(NamespaceException.Reason.UNAVAILABLE, failure.reason());
    head.setFault(null);
    assertFalse(exists(session, "a"), "goes on once the renewal came");
    assertTrue(session.leaseLeftNanos() > 0);
    session.close();
  }

  @Test
  void aCommitThatCannotBeMadeInTimeEndsTheSession() throws Exception {
    NamespaceSession session = open(new CommitOptions(LONG, Duration.ofMillis(100), true));
    create(session, "a");
    head.setFault(
        new MemoryHead.Fault() {
          @Override
          public void before(String method) throws HeadException {
            throw new HeadException(HeadException.Reason.UNAVAILABLE, "cut off");
          }
        });
    assertThrows(NamespaceException.class, session::syncAll);
    assertEquals(NamespaceException.Reason.UNAVAILABLE, died.get(10, TimeUnit.SECONDS).reason());
    session.close();
  }

  @Test
  void aThreadThatMustNotWaitIsToldSo() throws Exception {
    NamespaceSession session = open();
    create(session, "a");
    session.close();
    NamespaceSession cold = open();
    assertInstanceWouldBlock(() -> exists(cold, "a"));
    assertTrue(exists(cold, "a"));
    AtomicInteger done = new AtomicInteger();
    onImpatientThread(() -> done.addAndGet(exists(cold, "a") ? 1 : 0));
    assertEquals(1, done.get(), "from memory it is answered at once");
    cold.close();
  }

  /** Something that may throw. */
  private interface Task {
    void run() throws Exception;
  }

  private static void assertInstanceWouldBlock(Task task) throws Exception {
    Exception thrown = assertThrows(Exception.class, () -> onImpatientThread(task));
    assertEquals(
        WouldBlockException.class, thrown.getCause() == null ? null : thrown.getCause().getClass());
  }

  private static void onImpatientThread(Task task) throws Exception {
    CompletableFuture<Boolean> result = new CompletableFuture<>();
    new ImpatientThread(
            () -> {
              try {
                task.run();
                result.complete(true);
              } catch (Exception e) {
                result.completeExceptionally(e);
              }
            },
            "impatient")
        .start();
    result.get(20, TimeUnit.SECONDS);
  }

  @Test
  void aFailedFoldIsTakenUpAgain() throws Exception {
    NamespaceSession session = open();
    create(session, "a");
    blocks.failWith(BlockException.Reason.UNAVAILABLE);
    assertThrows(NamespaceException.class, session::fold);
    create(session, "b");
    blocks.failWith(null);
    session.fold();
    assertEquals(2, head.state(volume).rootSequence(), "up to where the first one froze");
    session.fold();
    session.syncAll();
    assertEquals(3, head.state(volume).rootSequence());
    session.abandon();
    NamespaceSession again = reopen();
    assertTrue(exists(again, "a") && exists(again, "b"));
    again.close();
  }

  @Test
  void aFoldInTheBackgroundMayTakeLongerThanAnyCall() throws Exception {
    Duration timeout = Duration.ofSeconds(2);
    NamespaceSession session = open(new CommitOptions(LONG, timeout, true));
    long inode = create(session, "file");
    byte[] value = new byte[64 << 10];
    for (long bytes = 0; bytes <= HeadLimits.SOFT_UNFOLDED_BYTES; bytes += value.length) {
      String name = "user." + bytes;
      session.<Boolean, Exception>update(
          tx -> {
            tx.putXattr(inode, name, value);
            return true;
          });
    }
    blocks.setLatency(timeout.dividedBy(3)); // for each of at least four uploads
    session.syncAll();
    while (head.state(volume).rootSequence() == 0) {
      Thread.sleep(20);
    }
    blocks.setLatency(Duration.ZERO);
    session.close();
  }

  @Test
  void aTransactionThatThrowsHasNoEffect() throws Exception {
    NamespaceSession session = open();
    assertThrows(
        IllegalStateException.class,
        () ->
            session.<Boolean, Exception>update(
                tx -> {
                  tx.putEntry(ROOT, Name.of("x"), tx.newInode(), FileType.REGULAR);
                  throw new IllegalStateException("changed its mind");
                }));
    assertFalse(exists(session, "x"));
    session.syncAll();
    assertEquals(1, head.state(volume).sequence());
    session.close();
  }

  @Test
  void theDeadAndTheClosedAnswerNothing() throws Exception {
    NamespaceSession session = open();
    session.close();
    assertNull(session.death());
    assertThrows(NamespaceException.class, () -> exists(session, "a"));
    assertThrows(NamespaceException.class, session::syncAll);
    session.close();
  }
}
