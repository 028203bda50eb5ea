package io.cairnfs.client.vfs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairnfs.client.clock.BootTimeClock;
import io.cairnfs.client.content.Content;
import io.cairnfs.client.content.ContentSettings;
import io.cairnfs.client.namespace.NamespaceOpener;
import io.cairnfs.client.namespace.NamespaceOptions;
import io.cairnfs.client.testing.MemoryBlocks;
import io.cairnfs.client.testing.MemoryHead;
import io.cairnfs.protocol.head.VolumeId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Ranges of more extents than one transaction holds, and of more bytes than any disk. */
class LargeRangesTest {

  private static final long BLOCK_BYTES = 4096;
  private static final OpenFlags READ_WRITE =
      new OpenFlags(true, true, false, false, false, false, false, false);
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final int ROOT = 1;
  private static final int PIECES = 12_000;
  private static final int STRIDE = 200;
  private static final int PIECE_BYTES = 150;

  private final MemoryHead head = new MemoryHead();
  private final VolumeId volume = head.found(1);
  private final MemoryBlocks blocks = new MemoryBlocks();
  private MountedVolume mounted;
  private Vfs vfs;

  @BeforeEach
  void mount() throws Exception {
    NamespaceOpener opener = new NamespaceOpener(head, blocks, new BootTimeClock());
    FileSystemStatus status = new FileSystemStatus(4096, 1L << 40, 1L << 40, 1L << 40, 1, 1);
    mounted =
        MountedVolume.open(
            onDeath ->
                opener.open(
                    NamespaceOptions.of(volume, "test"), (reason, lost) -> onDeath.accept("dead")),
            new Content(blocks, ContentSettings.defaults(TIMEOUT)),
            usage -> status,
            TIMEOUT);
    vfs = mounted.vfs();
  }

  @AfterEach
  void unmount() throws Exception {
    mounted.close();
  }

  private long create(String name) throws Exception {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    return vfs.create(Caller.ROOT, ROOT, bytes, 0644, 0, READ_WRITE).opened().handle();
  }

  private void write(long handle, long offset, byte[] data) throws Exception {
    vfs.write(Caller.ROOT, handle, offset, ByteBuffer.wrap(data), Vfs.WriteMode.PROGRAM);
  }

  private byte[] read(long handle, long offset, int length) throws Exception {
    ByteBuffer target = ByteBuffer.allocate(length);
    assertEquals(length, vfs.read(handle, offset, target));
    return target.array();
  }

  /** A file of many extents with holes between them. */
  private byte[] fragment(long handle) throws Exception {
    byte[] expected = new byte[PIECES * STRIDE];
    Random random = new Random(1);
    for (int i = 0; i < PIECES; i++) {
      byte[] piece = new byte[PIECE_BYTES];
      random.nextBytes(piece);
      int offset = i * STRIDE + STRIDE - PIECE_BYTES;
      System.arraycopy(piece, 0, expected, offset, PIECE_BYTES);
      write(handle, offset, piece);
    }
    return expected;
  }

  @Test
  void aRangeOfManyExtentsIsCopiedInParts() throws Exception {
    long from = create("from");
    byte[] expected = fragment(from);
    long to = create("to");
    long copied = 0;
    int calls = 0;
    while (copied < expected.length) {
      long more = vfs.copyRange(Caller.ROOT, from, copied, to, copied, expected.length - copied);
      assertTrue(more > 0);
      copied += more;
      calls++;
    }
    assertArrayEquals(expected, read(to, 0, expected.length));
    assertEquals(Math.ceilDiv(PIECES, Allocation.MAX_EXTENTS), calls);
    vfs.fsync(to, false);
  }

  @Test
  void holesBetweenManyExtentsAreFilled() throws Exception {
    long file = create("file");
    byte[] expected = fragment(file);
    vfs.allocate(file, Vfs.AllocateMode.ALLOCATE, 0, expected.length + 1000);
    assertArrayEquals(expected, read(file, 0, expected.length));
    vfs.fsync(file, false);
    long inode =
        vfs.lookup(Caller.ROOT, ROOT, "file".getBytes(StandardCharsets.UTF_8)).attributes().inode();
    Attributes attributes = vfs.getAttributes(inode, file).attributes();
    assertEquals(expected.length + 1000, attributes.size());
    assertEquals(Math.ceilDiv(expected.length + 1000L, 512), attributes.blocks());
    vfs.allocate(file, Vfs.AllocateMode.PUNCH_HOLE, 0, expected.length + 1000);
    assertEquals(0, vfs.getAttributes(inode, file).attributes().blocks());
  }

  @Test
  void aHoleBehindManyExtentsIsFound() throws Exception {
    long file = create("file");
    byte[] piece = new byte[PIECE_BYTES];
    for (int i = 0; i < PIECES; i++) {
      write(file, (long) i * PIECE_BYTES, piece);
      if (i % 3 == 0) {
        vfs.flush(file, 0);
      }
    }
    long end = (long) PIECES * PIECE_BYTES;
    write(file, end + 100_000, piece);
    long hole = Math.ceilDiv(end, BLOCK_BYTES) * BLOCK_BYTES;
    assertEquals(hole, vfs.seek(file, 0, true));
    assertEquals((end + 100_000) / BLOCK_BYTES * BLOCK_BYTES, vfs.seek(file, hole, false));
  }

  @Test
  void aFileOf16TiB() throws Exception {
    long last = (16L << 40) - 1;
    long file = create("file");
    write(file, last, new byte[] {1});
    assertEquals(0, vfs.seek(file, 0, true));
    assertTrue(vfs.seek(file, 0, false) <= last);
    assertArrayEquals(new byte[] {0, 1}, read(file, last - 1, 2));
    vfs.fsync(file, false);
    vfs.allocate(file, Vfs.AllocateMode.PUNCH_HOLE, 1, last);
    assertArrayEquals(new byte[] {0, 0}, read(file, last - 1, 2));
  }
}
