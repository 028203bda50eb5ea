package io.cairnfs.node.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cairnfs.protocol.block.Block;
import io.cairnfs.protocol.identity.Key256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reading everything again, on a disk that somebody damages. */
final class ScrubbingTest {

  private static final int LARGE = 300_000;
  private static final int ALL = 1000;

  @TempDir Path directory;

  private StoreFixture fixture;
  private final List<Block> blocks = new ArrayList<>(TestBlocks.random(1, 8, LARGE));

  @BeforeEach
  void open() throws Exception {
    fixture = new StoreFixture(directory, StoreSettings.DEFAULT.withReserve(0));
    blocks.addAll(TestBlocks.random(100, 20, 8000));
    fixture.store().put(blocks, PutOptions.VERIFIED);
    fixture.close();
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  @Test
  void findsWhatNobodyReads() throws Exception {
    Key256 damaged = blocks.get(3).cid().key();
    Path segment = fixture.segments().getFirst();
    StoreFixture.flip(segment, offset(segment, blocks.get(3)) + LARGE - 1);
    fixture.open();
    ScrubPage page = fixture.store().scrub(null, ALL, Long.MAX_VALUE);
    assertEquals(new ScrubPage(null, blocks.size(), 8L * LARGE + 20 * 8000, 1), page);
    assertEquals(List.of(damaged), fixture.store().quarantined(10));
    ScrubPage again = fixture.store().scrub(null, ALL, Long.MAX_VALUE);
    assertEquals(0, again.damaged(), "known already");
    assertEquals(blocks.size() - 1, again.blocks());
    fixture.store().put(List.of(blocks.get(3)), PutOptions.VERIFIED);
    assertEquals(blocks.size(), fixture.store().scrub(null, ALL, Long.MAX_VALUE).blocks());
    assertArrayEquals(blocks.get(3).bytes(), fixture.store().get(damaged));
  }

  @Test
  void aSegmentThatIsMissingLosesAllOfItsBlocks() throws Exception {
    Files.delete(fixture.segments().getFirst());
    fixture.open();
    assertEquals(8, fixture.store().scrub(null, ALL, Long.MAX_VALUE).damaged());
    assertEquals(8, fixture.store().figures().quarantined());
  }

  /** What readers have brought into memory stays there, because nothing is brought in. */
  @Test
  void leavesThePageCacheAlone() throws Exception {
    fixture.open();
    Path segment = fixture.segments().getFirst();
    assumeTrue(cachedPages(segment) == 0, "the file system has direct I/O, and fincore is here");
    fixture.store().scrub(null, ALL, Long.MAX_VALUE);
    assertEquals(0, cachedPages(segment));
    assertNotNull(fixture.store().get(blocks.getFirst().cid().key()));
    assertTrue(cachedPages(segment) > 0, "a reader does bring it in");
  }

  private static long cachedPages(Path file) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder("fincore", "--noheadings", "-o", "PAGES", file.toString()).start();
    String answer =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
    return process.waitFor() == 0 ? Long.parseLong(answer) : -1;
  }

  private static int offset(Path file, Block block) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    for (int page = 0; page < bytes.length; page += 4096) {
      if (Arrays.equals(bytes, page, page + 64, block.bytes(), 0, 64)) {
        return page;
      }
    }
    throw new AssertionError("not there");
  }
}
