package io.cairnfs.client.vfs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairnfs.client.block.BlockClient;
import io.cairnfs.client.clock.BootTimeClock;
import io.cairnfs.client.content.Content;
import io.cairnfs.client.content.ContentSettings;
import io.cairnfs.client.fsck.CleanVolume;
import io.cairnfs.client.namespace.NamespaceOpener;
import io.cairnfs.client.namespace.NamespaceOptions;
import io.cairnfs.client.testing.MemoryHead;
import io.cairnfs.client.testing.MemoryNodes;
import io.cairnfs.protocol.head.Quota;
import io.cairnfs.protocol.head.VolumeId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A volume at its quota refuses what would grow it, at once, and loses nothing. */
@SuppressWarnings("NullAway.Init") // every test mounts first
final class QuotaTest {

  private static final int ROOT = 1;
  private static final int UNIT = 4096;
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final OpenFlags READ_WRITE =
      new OpenFlags(true, true, false, false, false, false, false, false);

  private final MemoryHead head = new MemoryHead(Duration.ofMillis(600), System::nanoTime);
  private final VolumeId volume = head.found(1);
  private final MemoryNodes nodes = new MemoryNodes(1);
  private final BlockClient blocks = nodes.client(1);
  private final AtomicInteger deaths = new AtomicInteger();
  private MountedVolume mounted;
  private Vfs vfs;

  private void mount(Quota quota) throws IOException, InterruptedException {
    head.setQuota(volume, quota);
    Content content = new Content(blocks, ContentSettings.defaults(TIMEOUT));
    NamespaceOpener opener = new NamespaceOpener(head, blocks, new BootTimeClock());
    NamespaceOptions options = NamespaceOptions.of(volume, "test");
    FileSystemStatus status = new FileSystemStatus(UNIT, 1000, 900, 900, 1000, 900);
    mounted =
        MountedVolume.open(
            onDeath ->
                opener.open(
                    options,
                    (reason, lost) -> {
                      deaths.incrementAndGet();
                      onDeath.accept("dead");
                    }),
            content,
            usage -> status,
            TIMEOUT);
    vfs = mounted.vfs();
  }

  /** Whatever a test did, the session lives and the volume is whole. */
  @AfterEach
  void everythingIsStored() throws Exception {
    mounted.close();
    assertEquals(0, deaths.get());
    CleanVolume.check(head, volume, nodes);
  }

  private static byte[] name(String name) {
    return name.getBytes(StandardCharsets.UTF_8);
  }

  private long create(String name) throws Exception {
    return vfs.create(Caller.ROOT, ROOT, name(name), 0100644, 022, READ_WRITE).opened().handle();
  }

  private void write(long handle, long offset, int length) throws Exception {
    byte[] data = new byte[length];
    new Random(offset).nextBytes(data);
    vfs.write(Caller.ROOT, handle, offset, ByteBuffer.wrap(data), Vfs.WriteMode.PROGRAM);
  }

  private static void assertOverQuota(org.junit.jupiter.api.function.Executable call) {
    assertEquals(Failure.OVER_QUOTA, assertThrows(VfsException.class, call).failure());
  }

  private long usedBytes() {
    return head.state(volume).usage().bytes();
  }

  @Test
  void writesAreRefusedWhenTheyAreMade() throws Exception {
    mount(new Quota(10 * UNIT, Quota.UNBOUNDED));
    long file = create("file");
    for (int i = 0; i < 10; i++) {
      write(file, (long) i * UNIT, UNIT);
    }
    assertOverQuota(() -> write(file, 10 * UNIT, 1));
    vfs.fsync(file, false);
    assertEquals(10 * UNIT, usedBytes());
    assertOverQuota(() -> write(file, 10 * UNIT, 1));
    write(file, 3 * UNIT, 2 * UNIT); // replaces, and adds nothing
    write(file, 4 * UNIT, UNIT);
    assertOverQuota(() -> write(file, 9 * UNIT, UNIT + 1));
    vfs.fsync(file, false);
    assertEquals(10 * UNIT, usedBytes());
  }

  @Test
  void roomThatIsGivenBackIsThereAtOnce() throws Exception {
    mount(new Quota(10 * UNIT, Quota.UNBOUNDED));
    long first = create("first");
    write(first, 0, 8 * UNIT);
    vfs.flush(first, 0);
    vfs.release(first, 0);
    long second = create("second");
    assertOverQuota(() -> write(second, 0, 3 * UNIT));
    vfs.unlink(Caller.ROOT, ROOT, name("first"));
    write(second, 0, 3 * UNIT);
    write(second, 3 * UNIT, 7 * UNIT);
    assertOverQuota(() -> write(second, 10 * UNIT, 1));
    vfs.fsync(second, false);
    assertEquals(10 * UNIT, usedBytes());
  }

  @Test
  void inodesAreCounted() throws Exception {
    mount(new Quota(Quota.UNBOUNDED, 4));
    create("one");
    create("two");
    vfs.makeDirectory(Caller.ROOT, ROOT, name("three"), 040755, 022);
    assertOverQuota(() -> create("four"));
    assertOverQuota(() -> vfs.makeSymlink(Caller.ROOT, ROOT, name("four"), name("target")));
    long inode = vfs.lookup(Caller.ROOT, ROOT, name("one")).attributes().inode();
    vfs.link(Caller.ROOT, inode, ROOT, name("four")); // no new inode
    vfs.removeDirectory(Caller.ROOT, ROOT, name("three"));
    create("five");
    assertOverQuota(() -> create("six"));
  }

  @Test
  void moreThanTheDisksHoldCannotBeAllocated() throws Exception {
    mount(new Quota(Quota.UNBOUNDED, Quota.UNBOUNDED));
    long file = create("file");
    assertEquals(
        Failure.NO_SPACE,
        assertThrows(
                VfsException.class,
                () -> vfs.allocate(file, Vfs.AllocateMode.ALLOCATE, 0, 901 * UNIT))
            .failure());
    vfs.allocate(file, Vfs.AllocateMode.ALLOCATE, 0, 900 * UNIT);
  }

  @Test
  void allocationAndCopiesAreCharged() throws Exception {
    mount(new Quota(10 * UNIT, Quota.UNBOUNDED));
    long file = create("file");
    write(file, 0, 4 * UNIT);
    assertOverQuota(() -> vfs.allocate(file, Vfs.AllocateMode.ALLOCATE, 0, 11 * UNIT));
    vfs.allocate(file, Vfs.AllocateMode.ALLOCATE, 0, 6 * UNIT);
    long copy = create("copy");
    assertOverQuota(() -> vfs.copyRange(Caller.ROOT, file, 0, copy, 0, 6 * UNIT));
    assertEquals(4 * UNIT, vfs.copyRange(Caller.ROOT, file, 0, copy, 0, 4 * UNIT));
    write(file, 4 * UNIT, 2 * UNIT); // into what was allocated
    vfs.fsync(file, false);
    assertEquals(10 * UNIT, usedBytes());
  }

  /** What was accepted under the old quota is stored; nothing more is. */
  @Test
  void aLowerQuotaLosesNothing() throws Exception {
    mount(Quota.NONE);
    long file = create("file");
    write(file, 0, 8 * UNIT);
    head.setQuota(volume, new Quota(4 * UNIT, Quota.UNBOUNDED));
    write(file, 8 * UNIT, UNIT); // the mount has not heard of it
    await(4);
    assertOverQuota(() -> write(file, 9 * UNIT, 1));
    vfs.fsync(file, false);
    assertEquals(9 * UNIT, usedBytes());
    head.setQuota(volume, new Quota(20 * UNIT, Quota.UNBOUNDED));
    await(20);
    write(file, 9 * UNIT, UNIT);
    vfs.fsync(file, false);
    assertEquals(10 * UNIT, usedBytes());
  }

  private void await(long blocks) throws Exception {
    long end = System.nanoTime() + TIMEOUT.toNanos();
    while (vfs.status().blocks() != blocks && System.nanoTime() < end) {
      Thread.sleep(20);
    }
    assertEquals(blocks, vfs.status().blocks());
  }

  @Test
  void statfsShowsTheQuotaAsTheSize() throws Exception {
    mount(new Quota(10 * UNIT, 5));
    long file = create("file");
    write(file, 0, 4 * UNIT);
    vfs.fsync(file, false);
    assertEquals(new FileSystemStatus(UNIT, 10, 6, 6, 5, 3), vfs.status());
  }

  /** Random work at the limit: the head never refuses what was accepted here. */
  @Test
  void randomWorkAtTheLimitLosesNothing() throws Exception {
    mount(new Quota(100 * UNIT, 8));
    Random random = new Random(7);
    int refused = 0;
    for (int i = 0; i < 1500; i++) {
      String file = "file " + random.nextInt(10);
      try {
        step(random, file);
      } catch (VfsException e) {
        refused += e.failure() == Failure.OVER_QUOTA ? 1 : 0;
        assertTrue(
            e.failure() == Failure.OVER_QUOTA || e.failure() == Failure.NOT_FOUND, e.toString());
      }
    }
    assertTrue(refused > 50, refused + " times at the limit");
    vfs.syncAll();
    assertTrue(usedBytes() <= 100 * UNIT);
  }

  private void step(Random random, String file) throws Exception {
    switch (random.nextInt(8)) {
      case 0 -> vfs.unlink(Caller.ROOT, ROOT, name(file));
      case 1 -> {
        long inode = vfs.lookup(Caller.ROOT, ROOT, name(file)).attributes().inode();
        AttributeChange shorter =
            new AttributeChange(
                null, null, null, (long) random.nextInt(20 * UNIT), null, null, null, false);
        vfs.setAttributes(Caller.ROOT, inode, shorter, 0);
      }
      default -> {
        long handle = create(file);
        try {
          write(handle, random.nextInt(30 * UNIT), 1 + random.nextInt(20 * UNIT));
          if (random.nextInt(4) == 0) {
            vfs.fsync(handle, false);
          }
        } finally {
          vfs.flush(handle, 0);
          vfs.release(handle, 0);
        }
      }
    }
  }
}
