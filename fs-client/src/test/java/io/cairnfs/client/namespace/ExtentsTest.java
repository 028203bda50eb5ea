package io.cairnfs.client.namespace;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairnfs.client.extent.BlockRef;
import io.cairnfs.client.extent.Extent;
import io.cairnfs.client.extent.FileExtent;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.cid.Codec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Extents against a plain array of bytes, over several layers. */
final class ExtentsTest {

  private static final int FILE = 2000;
  private static final long INODE = 9;
  private static final int STEPS = 4000;

  private final Map<Cid, byte[]> blocks = new HashMap<>();

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void everyStepEqualsTheArray(long seed) {
    Random random = new Random(seed);
    byte[] model = new byte[FILE];
    BitSet allocated = new BitSet();
    List<Layer> layers = new ArrayList<>(List.of(new Layer()));
    layers.getFirst().put(Key.times(INODE), TestValues.noTimes());
    for (int step = 0; step < STEPS; step++) {
      if (step % 50 == 0) {
        layers.addFirst(new Layer());
      }
      if (layers.size() > 4) {
        Layer last = layers.removeLast();
        last.addAll(layers.removeLast());
        layers.addLast(last);
      }
      Changes changes = new Changes(map(layers));
      changes.apply(randomMutation(random, model, allocated));
      layers.getFirst().addAll(changes.layer());
      String where = "seed " + seed + ", step " + step;
      assertArrayEquals(model, read(map(layers)), where);
      InodeTimes times = (InodeTimes) map(layers).get(Key.times(INODE));
      assertEquals(allocated.cardinality(), times == null ? -1 : times.allocated(), where);
      assertRange(random, layers, where);
    }
  }

  private static LayeredMap map(List<Layer> layers) {
    return new LayeredMap(layers, new Tree(null, cid -> null));
  }

  private Mutation randomMutation(Random random, byte[] model, BitSet allocated) {
    int from = random.nextInt(FILE - 1);
    int to = from + 1 + random.nextInt(Math.min(FILE - from, 200));
    switch (random.nextInt(6)) {
      case 0 -> {
        boolean all = random.nextInt(4) == 0;
        int start = all && random.nextBoolean() ? 0 : from;
        Arrays.fill(model, start, all ? FILE : to, (byte) 0);
        allocated.clear(start, all ? FILE : to);
        return new Mutation.ClearExtents(INODE, start, all ? Long.MAX_VALUE : to);
      }
      case 1 -> {
        Arrays.fill(model, from, to, (byte) 0);
        allocated.set(from, to);
        return new Mutation.PutExtent(INODE, from, new Extent.Zeros(to - from));
      }
      case 2 -> {
        byte[] bytes = TestValues.bytes(random, Math.min(to - from, 40));
        System.arraycopy(bytes, 0, model, from, bytes.length);
        allocated.set(from, from + bytes.length);
        return new Mutation.PutExtent(INODE, from, new Extent.Inline(bytes));
      }
      default -> {
        byte[] block = TestValues.bytes(random, to - from + random.nextInt(10));
        int offset = block.length - (to - from);
        Cid cid = Cid.of(Codec.RAW, block);
        blocks.put(cid, block);
        System.arraycopy(block, offset, model, from, to - from);
        allocated.set(from, to);
        return new Mutation.PutExtent(
            INODE, from, new Extent.InBlock(new BlockRef.Stored(cid), offset, to - from));
      }
    }
  }

  private byte[] read(LayeredMap map) {
    byte[] bytes = new byte[FILE];
    long end = 0;
    for (FileExtent extent :
        Changes.overlapping(map, INODE, 0, Long.MAX_VALUE, Integer.MAX_VALUE)) {
      assertTrue(extent.offset() >= end, "extents overlap");
      end = extent.end();
      int at = (int) extent.offset();
      switch (extent.extent()) {
        case Extent.Inline inline ->
            System.arraycopy(inline.bytes(), 0, bytes, at, inline.bytes().length);
        case Extent.Zeros zeros -> {}
        case Extent.InBlock inBlock -> {
          byte[] block = blocks.get(inBlock.block().cid());
          System.arraycopy(block, inBlock.blockOffset(), bytes, at, (int) inBlock.length());
        }
      }
    }
    return bytes;
  }

  private static void assertRange(Random random, List<Layer> layers, String where) {
    int from = random.nextInt(FILE);
    int to = from + 1 + random.nextInt(FILE);
    List<FileExtent> all =
        Changes.overlapping(map(layers), INODE, 0, Long.MAX_VALUE, Integer.MAX_VALUE);
    List<FileExtent> expected =
        all.stream().filter(extent -> extent.offset() < to && extent.end() > from).toList();
    List<FileExtent> actual = Changes.overlapping(map(layers), INODE, from, to, Integer.MAX_VALUE);
    assertEquals(
        expected.stream().map(FileExtent::offset).toList(),
        actual.stream().map(FileExtent::offset).toList(),
        where);
  }

  @Test
  void smallAppendsIntoOneBlockStayOneExtent() {
    Layer layer = new Layer();
    ManualBlock block = new ManualBlock(new byte[10_000]);
    for (int i = 0; i < 100; i++) {
      Changes changes = new Changes(map(List.of(layer)));
      changes.apply(
          new Mutation.PutExtent(INODE, i * 100L, new Extent.InBlock(block, i * 100, 100)));
      layer.addAll(changes.layer());
    }
    List<FileExtent> extents =
        Changes.overlapping(map(List.of(layer)), INODE, 0, Long.MAX_VALUE, Integer.MAX_VALUE);
    assertEquals(List.of(new FileExtent(0, new Extent.InBlock(block, 0, 10_000))), extents);
  }
}
