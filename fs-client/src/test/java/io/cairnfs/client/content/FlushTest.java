package io.cairnfs.client.content;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairnfs.client.extent.Extent;
import io.cairnfs.client.extent.FileExtent;
import io.cairnfs.client.extent.Outboard;
import io.cairnfs.client.testing.MemoryBlocks;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.cid.Codec;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What becomes a block of its own, what is packed, what goes inline. */
class FlushTest {

  private static final int MIB = 1 << 20;

  private final MemoryBlocks blocks = new MemoryBlocks();
  private final Content content =
      new Content(blocks, ContentSettings.defaults(Duration.ofSeconds(10)));

  @AfterEach
  void close() {
    content.close();
  }

  private void write(DirtyFile file, long offset, byte[] data) throws Exception {
    content.reserve(data.length);
    file.write(offset, ByteBuffer.wrap(data));
  }

  private static byte[] random(long seed, int length) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  private void awaitDurable(List<FileExtent> extents) throws Exception {
    content.push();
    for (FileExtent extent : extents) {
      if (extent.extent() instanceof Extent.InBlock inBlock) {
        inBlock.block().durable().get(10, TimeUnit.SECONDS);
      }
    }
  }

  @Test
  void tenThousandSmallFilesShareFortyBlocks() throws Exception {
    List<FileExtent> extents = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      DirtyFile file = content.newDirtyFile();
      write(file, 0, random(i, 4096));
      extents.addAll(file.flush());
      file.flushed();
    }
    awaitDurable(extents);
    assertEquals(10_000, extents.size());
    // The commit interval may pass once or twice meanwhile, which sends a pack before it is full.
    assertTrue(blocks.puts() <= 44, () -> blocks.puts() + " puts");
    assertEquals(10_000 * 4096L, blocks.sizeBytes());
  }

  @Test
  void sequentialDataBecomesTheLeavesOfUnixfs() throws Exception {
    byte[] data = random(1, 3 * MIB + 300_000);
    DirtyFile file = content.newDirtyFile();
    List<FileExtent> extents = new ArrayList<>();
    int step = 128 << 10;
    for (int at = 0; at < data.length; at += step) {
      write(file, at, Arrays.copyOfRange(data, at, Math.min(data.length, at + step)));
      assertEquals((at + step) % MIB == 0, file.wantsFlush());
      if (file.wantsFlush()) {
        extents.addAll(file.flush());
        file.flushed();
      }
    }
    extents.addAll(file.flush());
    awaitDurable(extents);
    Set<Cid> expected = new HashSet<>();
    for (int at = 0; at < data.length; at += MIB) {
      expected.add(
          Cid.of(Codec.RAW, Arrays.copyOfRange(data, at, Math.min(data.length, at + MIB))));
    }
    assertEquals(expected, blocks.cids());
    assertEquals(4, blocks.puts());
  }

  private static void assertVerifies(Outboard outboard, byte[] block) {
    for (int i = 0; i < outboard.chunks(); i++) {
      int from = outboard.chunkOffset(i);
      assertEquals(
          Cid.of(Codec.RAW, Arrays.copyOfRange(block, from, from + outboard.chunkLength(i))),
          outboard.chunkCid(i));
    }
  }

  @Test
  void blocksAndWhatIsWrittenInsideOfFilesCanBeVerifiedInParts() throws Exception {
    byte[] data = random(1, MIB + 300_000);
    DirtyFile large = content.newDirtyFile();
    write(large, 0, data);
    List<FileExtent> extents = new ArrayList<>(large.flush());
    large.flushed();
    DirtyFile small = content.newDirtyFile();
    write(small, 0, random(2, 5000));
    extents.addAll(small.flush());
    byte[] page = random(3, 100_000);
    write(large, 40_000, page);
    extents.addAll(large.flush());
    awaitDurable(extents);

    Outboard first = Objects.requireNonNull(inBlock(extents.get(0)).outboard());
    assertEquals(16, first.chunks());
    assertVerifies(first, Arrays.copyOf(data, MIB));
    Outboard tail = Objects.requireNonNull(inBlock(extents.get(1)).outboard());
    assertEquals(300_000, tail.length());
    assertVerifies(tail, Arrays.copyOfRange(data, MIB, data.length));
    assertNull(inBlock(extents.get(2)).outboard(), "a small file comes with its neighbours");
    Extent.InBlock piece = inBlock(extents.get(3));
    assertEquals(5000, piece.blockOffset());
    Outboard own = Objects.requireNonNull(piece.outboard());
    assertEquals(2, own.chunks());
    assertVerifies(own, blocks.get(Objects.requireNonNull(piece.block().cid())));
  }

  private static Extent.InBlock inBlock(FileExtent extent) {
    return (Extent.InBlock) extent.extent();
  }

  @Test
  void tinyContentGoesInline() throws Exception {
    DirtyFile file = content.newDirtyFile();
    write(file, 0, random(1, Extent.MAX_INLINE_BYTES));
    List<FileExtent> extents = file.flush();
    assertInstanceOf(Extent.Inline.class, extents.getFirst().extent());
    assertEquals(0, content.dirtyBytes());
  }

  @Test
  void allDirtyBytesAreFlushedTogether() throws Exception {
    DirtyFile file = content.newDirtyFile();
    write(file, 5L * MIB + 17, random(1, 1000));
    write(file, 0, random(2, MIB));
    write(file, 9L * MIB, random(3, 300_000));
    List<Long> offsets = file.flush().stream().map(FileExtent::offset).toList();
    assertEquals(List.of(0L, 5L * MIB + 17, 9L * MIB), offsets);
  }

  @Test
  void whatWasNotConfirmedIsFlushedAgain() throws Exception {
    DirtyFile file = content.newDirtyFile();
    write(file, 0, random(1, 1000));
    List<FileExtent> first = file.flush();
    assertTrue(file.isDirty());
    write(file, 500, random(2, 1000));
    List<FileExtent> second = file.flush();
    assertEquals(first.getFirst(), second.getFirst());
    assertEquals(2, second.size());
    file.flushed();
    assertFalse(file.isDirty());
  }

  @Test
  void scatteredWritesCostTheirOwnMemory() throws Exception {
    DirtyFile file = content.newDirtyFile();
    Random random = new Random(5);
    byte[] data = random(1, 4096);
    for (int i = 0; i < 10_000; i++) {
      write(file, random.nextInt(1 << 18) * 4096L, data);
    }
    assertTrue(content.dirtyBytes() <= 2 * 10_000 * 4096L, () -> content.dirtyBytes() + " bytes");
    assertTrue(file.wantsFlush());
    file.discard();
    assertEquals(0, content.dirtyBytes());
    assertFalse(file.wantsFlush());
  }

  @Test
  void dataThatIsKnownAlreadyIsNotSentByANewMount() throws Exception {
    byte[] data = random(1, 6 * MIB);
    DirtyFile file = content.newDirtyFile();
    write(file, 0, data);
    awaitDurable(file.flush());
    try (Content later = new Content(blocks, ContentSettings.defaults(Duration.ofSeconds(10)))) {
      DirtyFile copy = later.newDirtyFile();
      later.reserve(data.length);
      copy.write(0, ByteBuffer.wrap(data));
      awaitDurable(copy.flush());
    }
    assertEquals(6, blocks.puts());
  }
}
