package io.cairnfs.client.content;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.cairnfs.client.extent.Extent;
import io.cairnfs.client.extent.FileExtent;
import io.cairnfs.client.testing.MemoryBlocks;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A dirty file and its extents against an array of bytes, under random operations. */
class DirtyFileModelTest {

  private static final int MAX_SIZE = 3 << 20;
  private static final int OPERATIONS = 400;

  private final MemoryBlocks blocks = new MemoryBlocks();
  private final Content content =
      new Content(blocks, ContentSettings.defaults(Duration.ofSeconds(10)));
  private final DirtyFile file = content.newDirtyFile();
  private final ExtentMap extents = new ExtentMap();
  private byte[] model = new byte[0];

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void behavesLikeAnArray(long seed) throws Exception {
    Random random = new Random(seed);
    for (int i = 0; i < OPERATIONS; i++) {
      String step = "seed " + seed + ", step " + i;
      switch (random.nextInt(12)) {
        case 0 -> truncate(random.nextInt(MAX_SIZE));
        case 1 -> punch(random.nextInt(MAX_SIZE), random.nextInt(200_000));
        case 2, 3 -> {
          extents.putAll(file.flush());
          file.flushed();
          assertFalse(file.isDirty(), step);
        }
        case 4 -> file.flush(); // a transaction that did not come about
        case 5 -> content.push();
        case 6 -> read(random.nextInt(MAX_SIZE), 1 + random.nextInt(300_000), step);
        case 7 -> append(random, 1 + random.nextInt(200_000));
        default -> write(random, random.nextInt(MAX_SIZE), 1 + random.nextInt(sizeBound(random)));
      }
      assertRanges(step);
    }
    read(0, model.length, "seed " + seed + ", all");
    settle();
    read(0, model.length, "seed " + seed + ", stored");
    assertEquals(0, content.dirtyBytes());
    content.close();
  }

  private static int sizeBound(Random random) {
    return switch (random.nextInt(4)) {
      case 0 -> 100;
      case 1 -> 5_000;
      case 2 -> 100_000;
      default -> 1_500_000;
    };
  }

  private void append(Random random, int length) throws Exception {
    if (model.length + length <= MAX_SIZE) {
      write(random, model.length, length);
    }
  }

  private void write(Random random, int offset, int length) throws Exception {
    byte[] data = new byte[Math.min(length, MAX_SIZE - offset)];
    random.nextBytes(data);
    content.reserve(data.length);
    file.write(offset, ByteBuffer.wrap(data));
    model = Arrays.copyOf(model, Math.max(model.length, offset + data.length));
    System.arraycopy(data, 0, model, offset, data.length);
  }

  private void truncate(int size) {
    file.truncate(size);
    extents.clear(size, Long.MAX_VALUE);
    model = Arrays.copyOf(model, size);
  }

  private void punch(int from, int length) {
    int to = Math.min(model.length, from + length);
    if (from < to) {
      file.clear(from, to);
      extents.clear(from, to);
      Arrays.fill(model, from, to, (byte) 0);
    }
  }

  private void read(int offset, int length, String step) throws Exception {
    int count = Math.max(0, Math.min(length, model.length - offset));
    ByteBuffer target = ByteBuffer.allocate(count + 2).position(1).limit(1 + count);
    Arrays.fill(target.array(), (byte) 77);
    content.read(extents.overlapping(offset, offset + count), file, offset, target, null);
    assertEquals(0, target.remaining(), step);
    byte[] expected = new byte[count + 2];
    Arrays.fill(expected, (byte) 77);
    if (count > 0) {
      System.arraycopy(model, offset, expected, 1, count);
    }
    assertArrayEquals(expected, target.array(), step);
  }

  private void assertRanges(String step) {
    long last = -1;
    for (DirtyFile.Range range : file.ranges()) {
      assertFalse(range.from() <= last || range.from() >= range.to(), step);
      last = range.to();
    }
    assertEquals(Math.max(last, 0), file.dirtyEnd(), step);
  }

  /** Flushes, and waits until all is durable. */
  private void settle() throws Exception {
    extents.putAll(file.flush());
    file.flushed();
    content.push();
    for (FileExtent extent : extents.all()) {
      if (extent.extent() instanceof Extent.InBlock inBlock) {
        inBlock.block().durable().get(10, TimeUnit.SECONDS);
      }
    }
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (content.dirtyBytes() > 0 && System.nanoTime() < deadline) {
      Thread.sleep(1); // blocks without extents, and the moment between durable and given back
    }
  }
}
