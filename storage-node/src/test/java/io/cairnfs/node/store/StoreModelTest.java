package io.cairnfs.node.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairnfs.node.store.StoreException.Reason;
import io.cairnfs.protocol.block.Block;
import io.cairnfs.protocol.block.Claim;
import io.cairnfs.protocol.head.VolumeId;
import io.cairnfs.protocol.identity.Key256;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The store on the disk and the one in memory take the same random changes and say the same, over
 * restarts and over power cuts that take the index back.
 */
final class StoreModelTest {

  private static final int STEPS = 400;
  private static final int LARGE = 5000;
  private static final StoreSettings SETTINGS =
      StoreSettings.DEFAULT.withReserve(0).withSegments(LARGE, 60_000);

  /** Something that is asked of a store. */
  private interface Ask<T extends @Nullable Object> {
    T of(BlockStore store) throws Exception;
  }

  @TempDir Path directory;

  private final List<Block> blocks =
      IntStream.range(0, 40)
          .mapToObj(
              seed -> TestBlocks.random(seed, seed % 3 == 0 ? 100 + seed : LARGE + 999 * seed))
          .toList();
  private final MemoryBlockStore model =
      new MemoryBlockStore(blocks.get(0).cid().key(), Long.MAX_VALUE);

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void doesWhatTheModelDoes(long seed) throws Exception {
    Random random = new Random(seed);
    try (StoreFixture fixture = new StoreFixture(directory, SETTINGS)) {
      for (int step = 0; step < STEPS; step++) {
        step(fixture, random);
        if (step % 20 == 0) {
          compare(fixture, "seed " + seed + " step " + step);
        }
      }
      fixture.reopen();
      compare(fixture, "seed " + seed + " at the end");
    }
  }

  private void step(StoreFixture fixture, Random random) throws Exception {
    Block block = blocks.get(random.nextInt(blocks.size()));
    Key256 digest = block.cid().key();
    switch (random.nextInt(28)) {
      case 0, 1, 2, 3, 4 -> same(fixture, store -> store.delete(digest));
      case 5 ->
          same(
              fixture,
              store -> {
                store.pin(block.cid());
                return 0;
              });
      case 6, 7 ->
          same(
              fixture,
              store -> {
                store.unpin(block.cid());
                return 0;
              });
      case 8 -> fixture.reopen();
      case 9 -> losePower(fixture, random);
      case 10 -> {
        int offset = random.nextInt(50_000);
        int length = random.nextInt(50_000);
        same(
            fixture,
            store ->
                List.of(
                    new String(store.get(digest, offset, length), StandardCharsets.ISO_8859_1)));
      }
      case 20, 21, 22, 23, 24, 25 -> claim(fixture, random);
      case 26, 27 -> compact(fixture);
      default -> put(fixture, some(random), random);
    }
  }

  private static void compact(StoreFixture fixture) throws Exception {
    while (fixture.store().compact() >= 0) {
      // until nothing is worth it
    }
  }

  private void claim(StoreFixture fixture, Random random) throws Exception {
    Claim claim = claim(random);
    List<Key256> digests = some(random).stream().map(block -> block.cid().key()).toList();
    switch (random.nextInt(4)) {
      case 0 -> same(fixture, store -> store.claim(digests, claim));
      case 1 ->
          same(
              fixture,
              store -> {
                store.sweepOpened(claim.volume(), claim.epoch());
                return 0;
              });
      case 2 -> {
        ClaimPage page = model.claimed(claim.volume(), claim.epoch(), null, 1000);
        List<Key256> old = page.claimed().stream().map(ClaimPage.Claimed::digest).toList();
        same(fixture, store -> store.release(claim.volume(), claim.epoch(), old));
      }
      default -> same(fixture, store -> store.collect(Duration.ZERO, 1000));
    }
  }

  private static Claim claim(Random random) {
    byte[] volume = new byte[VolumeId.BYTES];
    volume[0] = (byte) random.nextInt(3);
    return new Claim(VolumeId.of(volume), 1 + random.nextInt(5));
  }

  private List<Block> some(Random random) {
    List<Block> some = new ArrayList<>();
    for (int i = 0; i <= random.nextInt(4); i++) {
      some.add(blocks.get(random.nextInt(blocks.size())));
    }
    return some;
  }

  private void put(StoreFixture fixture, List<Block> some, Random random) throws Exception {
    List<Claim> claims = Stream.generate(() -> claim(random)).limit(random.nextInt(3)).toList();
    PutOptions options =
        new PutOptions(true, random.nextInt(8) == 0, 1 + random.nextInt(3), claims);
    same(fixture, store -> store.put(some, options));
  }

  /** Only new large blocks, and moves, may come after what the index still knows. */
  private void losePower(StoreFixture fixture, Random random) throws Exception {
    fixture.saveIndex();
    if (random.nextBoolean()) {
      compact(fixture);
    }
    for (Block block : new HashSet<>(some(random))) {
      if (block.bytes().length >= LARGE && model.stat(block.cid().key()) == null) {
        PutOptions options = new PutOptions(true, false, 2, List.of(claim(random)));
        same(fixture, store -> store.put(List.of(block), options));
      }
    }
    fixture.closeAndLoseIndex();
    fixture.open();
  }

  private <T extends @Nullable Object> void same(StoreFixture fixture, Ask<T> ask)
      throws Exception {
    assertEquals(outcome(model, ask), outcome(fixture.store(), ask));
  }

  private static <T extends @Nullable Object> @Nullable Object outcome(BlockStore store, Ask<T> ask)
      throws Exception {
    try {
      return ask.of(store);
    } catch (StoreException e) {
      return e.reason();
    }
  }

  private void compare(StoreFixture fixture, String when) throws Exception {
    RocksBlockStore store = fixture.store();
    List<Key256> digests = blocks.stream().map(block -> block.cid().key()).toList();
    assertEquals(model.have(digests), store.have(digests), when);
    assertEquals(model.arrivals(0, 1000), store.arrivals(0, 1000), when);
    assertEquals(model.figures().blocks(), store.figures().blocks(), when);
    assertEquals(model.figures().bytes(), store.figures().bytes(), when);
    assertEquals(model.figures().garbageBlocks(), store.figures().garbageBlocks(), when);
    assertEquals(model.figures().garbageBytes(), store.figures().garbageBytes(), when);
    assertEquals(
        new HashSet<>(model.pins(null, 1000)), new HashSet<>(store.pins(null, 1000)), when);
    for (Block block : blocks) {
      Key256 digest = block.cid().key();
      assertEquals(model.stat(digest), store.stat(digest), when);
      assertEquals(new HashSet<>(model.claims(digest)), new HashSet<>(store.claims(digest)), when);
      if (model.stat(digest) == null) {
        BlockStoreContract.assertReason(Reason.NOT_FOUND, () -> store.get(digest));
      } else {
        assertArrayEquals(block.bytes(), store.get(digest), when);
      }
    }
    requireNoLeftovers(fixture, when);
  }

  /** Every file but the last has something alive, and nothing alive is elsewhere. */
  private void requireNoLeftovers(StoreFixture fixture, String when) throws Exception {
    long alive = 0;
    for (Block block : blocks) {
      alive += block.bytes().length >= LARGE && model.stat(block.cid().key()) != null ? 1 : 0;
    }
    assertTrue(fixture.settledSegments().size() <= alive + 1, when);
  }
}
