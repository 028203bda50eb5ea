package io.cairnfs.client.content;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairnfs.client.block.BlockException;
import io.cairnfs.client.extent.Extent;
import io.cairnfs.client.extent.FileExtent;
import io.cairnfs.client.wait.Deadline;
import io.cairnfs.client.wait.ImpatientThread;
import io.cairnfs.client.wait.WouldBlockException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Writers against nodes that stand still. */
class BackPressureTest {

  private static final int MIB = 1 << 20;
  private static final Duration TIMEOUT = Duration.ofMillis(600);

  private final StalledBlocks blocks = new StalledBlocks();
  private final Content content =
      new Content(blocks, ContentSettings.defaults(TIMEOUT).withDirtyBytes(8L * MIB));
  private final List<FileExtent> flushed = new ArrayList<>();

  @AfterEach
  void close() {
    blocks.go();
    content.close();
  }

  private void writeChunk(DirtyFile file, long number) throws BlockException, InterruptedException {
    content.reserve(MIB);
    file.write(number * MIB, ByteBuffer.wrap(new byte[MIB]).putLong(0, number));
    flushed.addAll(file.flush());
    file.flushed();
  }

  private void fill(DirtyFile file) throws Exception {
    for (int i = 0; i < 8; i++) {
      writeChunk(file, i);
    }
  }

  @Test
  void aWriterWaitsAndThenFailsAndNothingLeaks() throws Exception {
    DirtyFile file = content.newDirtyFile();
    fill(file);
    assertEquals(8L * MIB, content.dirtyBytes());
    BlockException failure =
        assertThrows(
            BlockException.class,
            () ->
                Deadline.await(
                    Duration.ofMillis(100),
                    () -> {
                      writeChunk(file, 8);
                      return true;
                    }));
    assertEquals(BlockException.Reason.UNAVAILABLE, failure.reason());
    for (FileExtent extent : flushed) {
      CompletableFuture<?> durable = ((Extent.InBlock) extent.extent()).block().durable();
      ExecutionException cause =
          assertThrows(ExecutionException.class, () -> durable.get(5, TimeUnit.SECONDS));
      assertInstanceOf(BlockException.class, cause.getCause());
    }
    awaitNothingDirty();
    assertThrows(
        BlockException.class, () -> content.read(flushed, null, 0, ByteBuffer.allocate(10), null));
  }

  @Test
  void aWriterGoesOnWhenNodesDo() throws Exception {
    DirtyFile file = content.newDirtyFile();
    fill(file);
    CompletableFuture<Boolean> writer =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                writeChunk(file, 8);
                return true;
              } catch (BlockException | InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
    Thread.sleep(50);
    assertNull(writer.getNow(null));
    blocks.go();
    assertTrue(writer.get(5, TimeUnit.SECONDS));
    awaitNothingDirty();
  }

  @Test
  void theKernelsThreadDoesNotWait() throws Exception {
    fill(content.newDirtyFile());
    CompletableFuture<@Nullable Throwable> thrown = new CompletableFuture<>();
    Thread thread =
        new ImpatientThread(
            () -> {
              try {
                content.reserve(1);
                thrown.complete(null);
              } catch (BlockException | InterruptedException | WouldBlockException e) {
                thrown.complete(e);
              }
            },
            "impatient");
    thread.start();
    assertInstanceOf(WouldBlockException.class, thrown.get(5, TimeUnit.SECONDS));
    assertEquals(8L * MIB, content.dirtyBytes());
  }

  @Test
  void dirtyFilesAreFlushedForOneWhoWaits() throws Exception {
    blocks.go();
    DirtyFile hoarder = content.newDirtyFile();
    for (int i = 0; i < 8; i++) {
      content.reserve(MIB - 1);
      hoarder.write((long) i * MIB, ByteBuffer.allocate(MIB - 1));
    }
    CountDownLatch asked = new CountDownLatch(1);
    content.onPressure(
        () -> {
          hoarder.flush();
          hoarder.flushed();
          asked.countDown();
        });
    content.reserve(4L * MIB);
    assertEquals(0, asked.getCount());
    content.release(4L * MIB);
    awaitNothingDirty();
  }

  @Test
  void aBlockThatIsLateForTheUploadFailsRatherThanHangs() throws Exception {
    DirtyFile file = content.newDirtyFile();
    content.reserve(1000);
    file.write(0, ByteBuffer.allocate(1000));
    Extent.InBlock packed = (Extent.InBlock) file.flush().getFirst().extent();
    content.close();
    assertThrows(ExecutionException.class, () -> packed.block().durable().get(5, TimeUnit.SECONDS));
    awaitNothingDirty();
  }

  private void awaitNothingDirty() throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
    while (content.dirtyBytes() > 0 && System.nanoTime() < deadline) {
      Thread.sleep(1);
    }
    assertEquals(0, content.dirtyBytes());
  }
}
