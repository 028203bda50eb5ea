package io.cairnfs.client.namespace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairnfs.client.extent.BlockRef;
import io.cairnfs.client.extent.Extent;
import io.cairnfs.client.extent.FileExtent;
import io.cairnfs.client.testing.MemoryBlocks;
import io.cairnfs.client.testing.MemoryHead;
import io.cairnfs.client.wait.Deadline;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.cid.Codec;
import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.head.VolumeId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Sessions that end at any moment, with folds among their updates: what the next one finds is
 * exactly what was there after some transaction, at or after the last sync.
 */
final class CrashTest {

  private static final long ROOT = NamespaceView.ROOT;
  private static final int CRASHES = 8;
  private static final int STEPS = 300;

  private static final Duration A_MOMENT = Duration.ofSeconds(2);

  private final AtomicLong now = new AtomicLong();
  private final MemoryHead head = new MemoryHead(Duration.ofSeconds(5), now::get);
  private final MemoryBlocks blocks = new MemoryBlocks();
  private final VolumeId volume = head.found(1);

  private NamespaceSession open() throws Exception {
    HeadException held = new HeadException(HeadException.Reason.RECALLING, "never tried");
    for (int tries = 0; tries < 10; tries++) {
      now.addAndGet(Duration.ofSeconds(60).toNanos());
      try {
        return Deadline.<NamespaceSession, Exception>await(A_MOMENT, this::openNow);
      } catch (HeadException e) {
        if (e.reason() != HeadException.Reason.RECALLING) {
          throw e;
        }
        held = e; // the session before was just renewing its lease when it was abandoned
      }
    }
    throw held;
  }

  private NamespaceSession openNow() throws Exception {
    NamespaceOptions options =
        NamespaceOptions.of(volume, "test")
            .withCacheBytes(300_000)
            .withCommit(new CommitOptions(Duration.ofMillis(3), Duration.ofSeconds(60), true));
    return new NamespaceOpener(head, blocks, now::get).open(options, (reason, lost) -> {});
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  @Timeout(120)
  void whatIsFoundIsAPrefix(long seed) throws Exception {
    Random random = new Random(seed);
    String expected = null;
    for (int crash = 0; crash < CRASHES; crash++) {
      NamespaceSession session = open();
      List<String> history = new ArrayList<>();
      history.add(picture(session));
      if (expected != null) {
        assertEquals(
            expected, history.getFirst(), "seed " + seed + ": a second opening finds the same");
      }
      int synced = run(random, session, history);
      session.abandon();

      NamespaceSession next = open();
      String found = picture(next);
      int at = history.lastIndexOf(found);
      assertTrue(at >= 0, "seed " + seed + ", crash " + crash + ": no prefix of the history");
      assertTrue(at >= synced, "seed " + seed + ", crash " + crash + ": what was synced is lost");
      assertEquals(usage(next), next.usage().inodes(), "usage");
      expected = found;
      if (random.nextBoolean()) {
        next.close();
      } else {
        next.abandon();
      }
    }
  }

  private static int run(Random random, NamespaceSession session, List<String> history)
      throws Exception {
    int synced = 0;
    Thread folder = null;
    int steps = random.nextInt(STEPS);
    for (int step = 0; step < steps; step++) {
      session.<Boolean, Exception>update(tx -> change(new Random(random.nextLong()), tx));
      history.add(picture(session));
      int dice = random.nextInt(100);
      if (dice < 3) {
        session.syncAll();
        synced = history.size() - 1;
      } else if (dice < 6 && (folder == null || !folder.isAlive())) {
        folder = Thread.ofVirtual().start(() -> fold(session));
      }
    }
    return synced;
  }

  private static void fold(NamespaceSession session) {
    try {
      session.fold();
    } catch (NamespaceException | InterruptedException e) {
      // The session was ended meanwhile.
    }
  }

  /** One of the operations that a file system does, on names of a small set. */
  private static boolean change(Random random, Transaction tx) {
    Name name = Name.of("f" + random.nextInt(40));
    DirectoryEntry entry = tx.lookup(ROOT, name);
    if (entry == null) {
      create(random, tx, name);
      return true;
    }
    long inode = entry.inode();
    switch (random.nextInt(8)) {
      case 0 -> remove(tx, name, inode);
      case 1 -> {
        Name other = Name.of("f" + random.nextInt(40));
        DirectoryEntry target = tx.lookup(ROOT, other);
        if (target == null) {
          tx.orderAfterContentOf(inode);
          tx.deleteEntry(ROOT, name);
          tx.putEntry(ROOT, other, inode, FileType.REGULAR);
        }
      }
      case 2 -> tx.putXattr(inode, "user." + random.nextInt(3), TestValues.bytes(random, 5));
      case 3 -> {
        tx.clearXattrs(inode);
        tx.changeTimes(inode, TimesChange.changed(random.nextInt(1000)));
      }
      case 4 -> {
        long size = random.nextInt(5000);
        tx.clearExtents(inode, size, Long.MAX_VALUE);
        tx.changeTimes(inode, TimesChange.modified(7).settingSize(size));
      }
      default -> {
        byte[] block = TestValues.bytes(random, 100);
        BlockRef ref = new BlockRef.Stored(Cid.of(Codec.RAW, block));
        long offset = random.nextInt(5000);
        tx.putExtent(inode, offset, new Extent.InBlock(ref, 10, 1 + random.nextInt(90)));
        tx.changeTimes(inode, TimesChange.modified(random.nextInt(1000)).raisingSize(offset + 100));
        tx.contentOf(inode);
      }
    }
    return true;
  }

  private static void create(Random random, Transaction tx, Name name) {
    long inode = tx.newInode();
    tx.putInode(inode, TestValues.file(random.nextInt(5)));
    tx.putTimes(inode, TestValues.noTimes());
    tx.putEntry(ROOT, name, inode, FileType.REGULAR);
    tx.changeTimes(ROOT, TimesChange.modified(5).addingEntries(1, 0));
  }

  private static void remove(Transaction tx, Name name, long inode) {
    tx.deleteEntry(ROOT, name);
    tx.deleteInode(inode);
    tx.deleteTimes(inode);
    tx.clearXattrs(inode);
    tx.clearExtents(inode, 0, Long.MAX_VALUE);
    tx.changeTimes(ROOT, TimesChange.modified(5).addingEntries(-1, 0));
  }

  private static long usage(Namespace namespace) throws Exception {
    return namespace.<Integer, Exception>read(view -> view.list(ROOT, 0, Integer.MAX_VALUE).size())
        + 1L;
  }

  /** All that a view shows, as a text. */
  private static String picture(Namespace namespace) throws Exception {
    return namespace.<String, Exception>read(CrashTest::picture);
  }

  private static String picture(NamespaceView view) {
    StringBuilder picture = new StringBuilder();
    picture.append(view.times(ROOT));
    for (DirectoryEntry entry : view.list(ROOT, 0, Integer.MAX_VALUE)) {
      long inode = entry.inode();
      picture.append('\n').append(entry).append(view.times(inode));
      picture.append(encoded(view.inode(inode)));
      for (String name : view.xattrs(inode)) {
        picture.append(name).append(Arrays.toString(view.xattr(inode, name)));
      }
      for (FileExtent extent : view.extents(inode, 0, Long.MAX_VALUE)) {
        picture.append(extent);
      }
      assertNotNull(view.lookup(ROOT, entry.name()));
    }
    return picture.toString();
  }

  private static String encoded(@Nullable Inode inode) {
    return inode == null ? "none" : TestValues.encoded(inode);
  }
}
