package io.cairnfs.node.store.segment;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.cairnfs.node.store.TestBlocks;
import io.cairnfs.protocol.block.Block;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SegmentReaderTest {

  private static final int SEGMENTS = 8;
  private static final int THREADS = 4;
  private static final int READS = 2000;

  @TempDir Path temporary;

  private final List<Block> blocks = TestBlocks.random(1, SEGMENTS, 50_000);
  private final List<Place> places = new ArrayList<>();

  private SegmentDirectory written() throws IOException {
    SegmentDirectory directory = new SegmentDirectory(temporary);
    try (SegmentWriter writer = new SegmentWriter(directory, Place.START, 0, 1)) {
      for (Block block : blocks) {
        byte[] body = block.bytes();
        places.add(writer.begin(RecordHeader.recordBytes(body.length)));
        writer.append(new RecordHeader(block.cid().key(), body.length, 1, 1, 0, false, null), body);
      }
      writer.force();
    }
    return directory;
  }

  @Test
  void readersDoNotDisturbEachOtherWhenFilesAreClosed() throws Exception {
    SegmentDirectory directory = written();
    assertEquals(SEGMENTS, directory.list().size());
    List<Callable<Void>> reads = new ArrayList<>();
    try (SegmentReader reader = new SegmentReader(directory, 1);
        ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
      for (int thread = 0; thread < THREADS; thread++) {
        Random random = new Random(thread);
        reads.add(
            () -> {
              for (int i = 0; i < READS; i++) {
                int which = random.nextInt(SEGMENTS);
                assertArrayEquals(
                    blocks.get(which).bytes(), reader.read(places.get(which), 0, 50_000));
              }
              return null;
            });
      }
      for (Future<Void> read : threads.invokeAll(reads)) {
        read.get();
      }
    }
  }

  @Test
  void saysWhatIsMissing() throws Exception {
    SegmentDirectory directory = written();
    try (SegmentReader reader = new SegmentReader(directory, 2)) {
      assertThrows(EOFException.class, () -> reader.read(places.get(0), 50_000, 5000));
      directory.delete(places.get(1).segment());
      assertThrows(NoSuchFileException.class, () -> reader.read(places.get(1), 0, 1));
    }
  }
}
