package io.cairnfs.client.content;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairnfs.client.block.BlockCounters;
import io.cairnfs.client.block.CachingBlocks;
import io.cairnfs.client.extent.BlockRef;
import io.cairnfs.client.extent.Extent;
import io.cairnfs.client.extent.FileExtent;
import io.cairnfs.client.testing.MemoryBlocks;
import io.cairnfs.client.wait.ImpatientThread;
import io.cairnfs.client.wait.WouldBlockException;
import io.cairnfs.protocol.block.Block;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.cid.Codec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Reading from every kind of place, and ahead. */
class ReadTest {

  private static final int MIB = 1 << 20;
  private static final int FILE_BLOCKS = 32;

  private final MemoryBlocks stored = new MemoryBlocks();
  private final CachingBlocks blocks = new CachingBlocks(stored, 64L * MIB, new BlockCounters());
  private final Content content =
      new Content(blocks, ContentSettings.defaults(Duration.ofSeconds(5)));

  @AfterEach
  void close() {
    content.close();
  }

  /** A stored file of whole blocks, each filled with its number. */
  private List<FileExtent> storedFile() throws Exception {
    List<FileExtent> extents = new ArrayList<>();
    for (int i = 0; i < FILE_BLOCKS; i++) {
      byte[] bytes = new byte[MIB];
      Arrays.fill(bytes, (byte) i);
      Cid cid = Cid.of(Codec.RAW, bytes);
      stored.put(List.of(new Block(cid, bytes)));
      Extent extent = new Extent.InBlock(new BlockRef.Stored(cid), 0, MIB);
      extents.add(new FileExtent((long) i * MIB, extent));
    }
    return extents;
  }

  private static List<FileExtent> overlapping(List<FileExtent> extents, long from, long to) {
    return extents.stream().filter(extent -> extent.offset() < to && extent.end() > from).toList();
  }

  private byte[] read(
      List<FileExtent> extents, long offset, int count, @Nullable ReadAhead readAhead)
      throws IOException, InterruptedException {
    ByteBuffer target = ByteBuffer.allocateDirect(count);
    content.read(overlapping(extents, offset, offset + count), null, offset, target, readAhead);
    byte[] bytes = new byte[count];
    target.flip().get(bytes);
    return bytes;
  }

  private void awaitGets(long count) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
    while (stored.gets() < count && System.nanoTime() < deadline) {
      Thread.sleep(1);
    }
    assertTrue(stored.gets() >= count, () -> "only " + stored.gets() + " gets");
  }

  @Test
  void aRangeIsReadAcrossBlocksHolesAndInlineBytes() throws Exception {
    List<FileExtent> file = storedFile();
    List<FileExtent> extents =
        List.of(
            file.get(1), // at 1 MiB; a hole before
            new FileExtent(2L * MIB + 10, new Extent.Inline(new byte[] {1, 2, 3})),
            new FileExtent(2L * MIB + 20, new Extent.Zeros(5)));
    byte[] bytes = read(extents, MIB - 5, MIB + 50, null);
    byte[] expected = new byte[MIB + 50];
    Arrays.fill(expected, 5, 5 + MIB, (byte) 1);
    expected[MIB + 15] = 1;
    expected[MIB + 16] = 2;
    expected[MIB + 17] = 3;
    assertArrayEquals(expected, bytes);
  }

  @Test
  void missingBlocksAreFetchedAtTheSameTime() throws Exception {
    List<FileExtent> file = storedFile();
    stored.setLatency(Duration.ofMillis(100));
    long start = System.nanoTime();
    read(file, 0, 8 * MIB, null);
    assertTrue(System.nanoTime() - start < TimeUnit.MILLISECONDS.toNanos(600));
    assertEquals(8, stored.gets());
  }

  @Test
  void theKernelsThreadReadsFromMemoryOnly() throws Exception {
    List<FileExtent> file = storedFile();
    assertInstanceOf(WouldBlockException.class, readImpatiently(file));
    assertEquals(0, stored.gets());
    read(file, 0, 100, null);
    assertEquals(null, readImpatiently(file));
    assertEquals(1, stored.gets());
  }

  private @Nullable Throwable readImpatiently(List<FileExtent> file) throws Exception {
    CompletableFuture<@Nullable Throwable> thrown = new CompletableFuture<>();
    new ImpatientThread(
            () -> {
              try {
                read(file, 0, 100, null);
                thrown.complete(null);
              } catch (IOException | InterruptedException | RuntimeException e) {
                thrown.complete(e);
              }
            },
            "impatient")
        .start();
    return thrown.get(5, TimeUnit.SECONDS);
  }

  @Test
  void bytesOnTheirWayAreReadWithoutAsking() throws Exception {
    StalledBlocks stalled = new StalledBlocks();
    try (Content waiting = new Content(stalled, ContentSettings.defaults(Duration.ofSeconds(5)))) {
      byte[] data = new byte[MIB + 5000];
      new Random(1).nextBytes(data);
      DirtyFile file = waiting.newDirtyFile();
      waiting.reserve(data.length);
      file.write(0, ByteBuffer.wrap(data));
      List<FileExtent> extents = file.flush();
      file.flushed();
      waiting.push();
      ByteBuffer target = ByteBuffer.allocate(data.length);
      waiting.read(extents, file, 0, target, null);
      assertArrayEquals(data, target.array());
      stalled.go();
      for (FileExtent extent : extents) {
        ((Extent.InBlock) extent.extent()).block().durable().get(5, TimeUnit.SECONDS);
      }
      target.clear();
      waiting.read(extents, file, 0, target, null);
      assertArrayEquals(data, target.array());
    }
  }

  @Test
  void sequentialReadsRunAhead() throws Exception {
    List<FileExtent> file = storedFile();
    ReadAhead readAhead = content.newReadAhead((from, to) -> overlapping(file, from, to));
    for (long at = 0; at < 4L * MIB; at += MIB / 2) {
      read(file, at, MIB / 2, readAhead);
    }
    awaitGets(7); // four that were read, and the window
    for (long at = 4L * MIB; at < (long) FILE_BLOCKS * MIB; at += MIB / 2) {
      assertEquals((byte) (at / MIB), read(file, at, MIB / 2, readAhead)[0]);
    }
    assertEquals(FILE_BLOCKS, stored.gets(), "each block once");
  }

  /** What a mount writes: blocks with outboards. */
  private List<FileExtent> written(byte[] data) throws Exception {
    DirtyFile file = content.newDirtyFile();
    content.reserve(data.length);
    file.write(0, ByteBuffer.wrap(data));
    return stored(file);
  }

  private List<FileExtent> stored(DirtyFile file) throws Exception {
    List<FileExtent> extents = file.flush();
    file.flushed();
    content.push();
    List<FileExtent> stored = new ArrayList<>();
    for (FileExtent extent : extents) {
      Extent.InBlock inBlock = (Extent.InBlock) extent.extent();
      Cid cid = inBlock.block().durable().get(5, TimeUnit.SECONDS);
      stored.add(new FileExtent(extent.offset(), inBlock.in(new BlockRef.Stored(cid))));
    }
    return stored;
  }

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new Random(7).nextBytes(bytes);
    return bytes;
  }

  /** Another mount, which has nothing in memory. */
  private Content cold() {
    return new Content(
        new CachingBlocks(stored, 64L * MIB, new BlockCounters()),
        ContentSettings.defaults(Duration.ofSeconds(5)));
  }

  private static void assertReads(
      byte[] data,
      Content by,
      List<FileExtent> file,
      long offset,
      int count,
      @Nullable ReadAhead readAhead)
      throws Exception {
    ByteBuffer target = ByteBuffer.allocate(count);
    by.read(overlapping(file, offset, offset + count), null, offset, target, readAhead);
    assertArrayEquals(Arrays.copyOfRange(data, (int) offset, (int) offset + count), target.array());
  }

  @Test
  void randomReadsFetchChunks() throws Exception {
    byte[] data = random(8 * MIB);
    List<FileExtent> file = written(data);
    try (Content reader = cold()) {
      ReadAhead readAhead = reader.newReadAhead((from, to) -> overlapping(file, from, to));
      for (int block : new int[] {7, 3, 5, 1}) {
        assertReads(data, reader, file, (long) block * MIB + 4096, 4096, readAhead);
      }
      assertEquals(4, stored.chunkGets());
      assertReads(data, reader, file, 7L * MIB + 100, 4096, readAhead);
      assertEquals(4, stored.chunkGets(), "the chunk is in memory");
      assertReads(data, reader, file, 3L * MIB + 65_000, 4096, readAhead);
      assertEquals(5, stored.chunkGets(), "over the end of one that is");
      assertReads(data, reader, file, 6L * MIB - 5, 10, readAhead);
      assertEquals(7, stored.chunkGets(), "of two blocks");
      assertEquals(0, stored.gets());
    }
  }

  @Test
  void manyChunksOfABlockFetchTheBlock() throws Exception {
    byte[] data = random(8 * MIB);
    List<FileExtent> file = written(data);
    try (Content reader = cold()) {
      ReadAhead readAhead = reader.newReadAhead((from, to) -> overlapping(file, from, to));
      for (int i = 0; i < 16; i++) {
        assertReads(data, reader, file, 2L * MIB + i * 65_536L, 4096, readAhead);
        assertReads(data, reader, file, 6L * MIB + i * 65_536L, 4096, readAhead);
      }
      assertEquals(14, stored.chunkGets());
      assertEquals(2, stored.gets());
      assertReads(data, reader, file, 4L * MIB + 7, MIB - 7, readAhead);
      assertEquals(3, stored.gets(), "a long read takes the block at once");
    }
  }

  @Test
  void sequentialReadsFetchBlocks() throws Exception {
    byte[] data = random(4 * MIB);
    List<FileExtent> file = written(data);
    try (Content reader = cold()) {
      ReadAhead readAhead = reader.newReadAhead((from, to) -> overlapping(file, from, to));
      for (int at = 0; at < data.length; at += 131_072) {
        assertReads(data, reader, file, at, 131_072, readAhead);
      }
      assertEquals(4, stored.gets());
      assertEquals(0, stored.chunkGets());
    }
  }

  @Test
  void anOverwriteInsideAFileIsReadByItself() throws Exception {
    byte[] data = random(4 * MIB);
    DirtyFile dirty = content.newDirtyFile();
    for (long at : new long[] {2L * MIB + 8192, 3L * MIB}) {
      content.reserve(4096);
      int source = (int) (at / 512);
      dirty.write(at, ByteBuffer.wrap(data, source, 4096));
      System.arraycopy(data, source, data, (int) at, 4096);
    }
    List<FileExtent> pieces = stored(dirty);
    try (Content reader = cold()) {
      ReadAhead readAhead = reader.newReadAhead((from, to) -> pieces);
      assertReads(data, reader, pieces, 2L * MIB + 8192, 4096, readAhead);
      assertEquals(1, stored.chunkGets());
      assertReads(data, reader, pieces, 3L * MIB, 4096, null);
      assertEquals(1, stored.gets(), "without a handle by the block");
    }
  }

  @Test
  void randomReadsDoNot() throws Exception {
    List<FileExtent> file = storedFile();
    ReadAhead readAhead = content.newReadAhead((from, to) -> overlapping(file, from, to));
    for (int block : new int[] {7, 3, 21, 14, 0, 30, 9, 18}) {
      read(file, (long) block * MIB + 4096, 4096, readAhead);
    }
    Thread.sleep(50);
    assertEquals(8, stored.gets());
  }
}
