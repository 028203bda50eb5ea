package io.cairnfs.node.store;

import io.cairnfs.protocol.block.Block;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.cid.Codec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Blocks that follow from a seed. */
public final class TestBlocks {

  private TestBlocks() {}

  /** The directory for segments in a store's directory, made if it is missing. */
  public static Path segments(Path store) throws IOException {
    return Files.createDirectories(store.resolve("segments"));
  }

  /** A raw block of pseudo-random bytes. */
  public static Block random(long seed, int sizeBytes) {
    byte[] bytes = new byte[sizeBytes];
    new Random(seed).nextBytes(bytes);
    return new Block(Cid.of(Codec.RAW, bytes), bytes);
  }

  /** Blocks with seeds from one on. */
  public static List<Block> random(long firstSeed, int count, int sizeBytes) {
    List<Block> blocks = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      blocks.add(random(firstSeed + i, sizeBytes));
    }
    return blocks;
  }
}
