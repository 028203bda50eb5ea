package io.cairnfs.client.block;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairnfs.client.testing.MemoryBlocks;
import io.cairnfs.client.wait.Deadline;
import io.cairnfs.protocol.block.Block;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.cid.Codec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class CachingBlocksTest {

  private static final int BLOCK_BYTES = 1000;

  private final MemoryBlocks inner = new MemoryBlocks();
  private final BlockCounters counters = new BlockCounters();

  private CachingBlocks caching(int blocks) {
    return new CachingBlocks(inner, blocks * (BLOCK_BYTES + 200L), counters);
  }

  private Block stored(int number) throws Exception {
    byte[] bytes = new byte[BLOCK_BYTES];
    bytes[0] = (byte) number;
    bytes[1] = (byte) (number >> 8);
    Block block = new Block(Cid.of(Codec.RAW, bytes), bytes);
    inner.put(List.of(block));
    return block;
  }

  @Test
  void whatWasReadOrWrittenIsInMemory() throws Exception {
    CachingBlocks caching = caching(10);
    Block read = stored(1);
    assertNull(caching.peek(read.cid()));
    caching.get(read.cid());
    caching.get(read.cid());
    assertEquals(1, inner.gets());
    assertNotNull(caching.peek(read.cid()));
    Block written = new Block(Cid.of(Codec.RAW, new byte[7]), new byte[7]);
    caching.put(List.of(written));
    assertArrayEquals(written.bytes(), caching.peek(written.cid()));
  }

  @Test
  void oneFetchServesAllWhoWait() throws Exception {
    CachingBlocks caching = caching(10);
    Block block = stored(1);
    inner.setLatency(Duration.ofMillis(100));
    List<FutureTask<byte[]>> readers = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      FutureTask<byte[]> reader = new FutureTask<>(() -> caching.get(block.cid()));
      readers.add(reader);
      Thread.startVirtualThread(reader);
    }
    for (FutureTask<byte[]> reader : readers) {
      assertArrayEquals(block.bytes(), reader.get(5, TimeUnit.SECONDS));
    }
    assertEquals(1, inner.gets());
  }

  @Test
  void anInterruptedReaderDoesNotFailTheOthers() throws Exception {
    CachingBlocks caching = caching(10);
    Block block = stored(1);
    inner.setLatency(Duration.ofMillis(200));
    FutureTask<byte[]> first = new FutureTask<>(() -> caching.get(block.cid()));
    Thread leader = Thread.startVirtualThread(first);
    while (inner.gets() == 0) {
      Thread.sleep(1);
    }
    FutureTask<byte[]> second = new FutureTask<>(() -> caching.get(block.cid()));
    Thread.startVirtualThread(second);
    Thread.sleep(20);
    leader.interrupt();
    assertArrayEquals(block.bytes(), second.get(5, TimeUnit.SECONDS));
  }

  @Test
  void memoryIsBoundedAndAScanDoesNotDriveOutWhatIsUsedAgain() throws Exception {
    CachingBlocks caching = caching(100);
    List<Block> hot = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      hot.add(stored(i));
      caching.get(hot.getLast().cid());
    }
    for (int i = 100; i < 120; i++) {
      caching.get(stored(i).cid());
    }
    for (Block block : hot) {
      caching.get(block.cid()); // a second use, some time after the first
    }
    for (int i = 1000; i < 2000; i++) {
      Cid cid = stored(i).cid();
      caching.get(cid);
      caching.get(cid); // the next piece of the same block: no second use
    }
    long kept = hot.stream().filter(block -> caching.peek(block.cid()) != null).count();
    assertEquals(20, kept);
    long scanned = 0;
    for (Cid cid : inner.cids()) {
      scanned += caching.peek(cid) == null ? 0 : 1;
    }
    assertTrue(scanned <= 100, scanned + " blocks are cached");
  }

  @Test
  void failuresAreNotCached() throws Exception {
    CachingBlocks caching = caching(10);
    Block block = stored(1);
    inner.failWith(BlockException.Reason.NOT_FOUND);
    assertThrows(BlockException.class, () -> caching.get(block.cid()));
    inner.failWith(null);
    assertArrayEquals(block.bytes(), caching.get(block.cid()));
  }

  @Test
  void retryingEndsWithTheDeadlineAndOnlyForWhatMayPass() throws Exception {
    RetryingBlocks retrying = new RetryingBlocks(inner);
    Block block = stored(1);
    inner.failWith(BlockException.Reason.UNAVAILABLE);
    Deadline.await(
        Duration.ofMillis(400),
        () -> assertThrows(BlockException.class, () -> retrying.get(block.cid())));
    long tries = inner.gets();
    assertTrue(tries >= 2 && tries <= 10, tries + " tries");
    inner.failWith(BlockException.Reason.NOT_FOUND);
    assertThrows(BlockException.class, () -> retrying.get(block.cid()));
    assertEquals(tries + 1, inner.gets());
  }
}
