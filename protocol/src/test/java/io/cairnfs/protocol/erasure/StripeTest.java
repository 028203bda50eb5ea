package io.cairnfs.protocol.erasure;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairnfs.protocol.block.Block;
import io.cairnfs.protocol.block.BlockLimits;
import io.cairnfs.protocol.block.Redundancy;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.cid.Codec;
import io.cairnfs.protocol.ipld.CborException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Stripes: what is in them, and what they are made from again. */
final class StripeTest {

  private static final Erasure CODE = new Erasure(4, 2);

  private static Block block(int seed, int bytes) {
    byte[] content = new byte[bytes];
    new Random(seed).nextBytes(content);
    return new Block(Cid.of(Codec.RAW, content), content);
  }

  private static List<Block> blocks() {
    return List.of(block(1, 1000), block(2, 70_000), block(3, 1), block(4, 69_999));
  }

  @Test
  void aShardBeginsWithItsBlockAndHasAnotherName() {
    List<Block> blocks = blocks();
    Stripe.Made made = Stripe.make(CODE, blocks);
    Set<Cid> names = new HashSet<>();
    for (int i = 0; i < made.shards().size(); i++) {
      Block shard = made.shards().get(i);
      assertTrue(shard.cid().matches(shard.bytes()));
      assertTrue(names.add(shard.cid()));
      if (i < blocks.size()) {
        Shard at = made.shard(i);
        assertEquals(shard.cid(), at.cid());
        assertEquals(shard.bytes().length, at.sealedLength());
        assertArrayEquals(
            blocks.get(i).bytes(), Arrays.copyOf(shard.bytes(), at.length()), "shard " + i);
        assertFalse(names.contains(blocks.get(i).cid()));
      } else {
        assertEquals(70_000 + Stripe.SEAL_BYTES, shard.bytes().length);
      }
    }
  }

  @Test
  void equalBlocksInOneStripeHaveShardsOfTheirOwn() {
    Block same = block(1, 500);
    Stripe.Made made = Stripe.make(CODE, List.of(same, same, same, same));
    assertEquals(6, new HashSet<>(made.stripe().shards()).size());
  }

  @Test
  void theSameBlocksMakeTheSameStripe() {
    assertEquals(
        Stripe.make(CODE, blocks()).descriptor().cid(),
        Stripe.make(CODE, blocks()).descriptor().cid());
  }

  @Test
  void anyTwoShardsAreMadeAgain() {
    Stripe.Made made = Stripe.make(CODE, blocks());
    for (int one = 0; one < 6; one++) {
      for (int other = 0; other < 6; other++) {
        Map<Integer, byte[]> left = new HashMap<>();
        for (int i = 0; i < 6; i++) {
          if (i != one && i != other) {
            left.put(i, made.shards().get(i).bytes());
          }
        }
        assertArrayEquals(made.shards().get(one).bytes(), made.stripe().rebuild(one, left).bytes());
      }
    }
  }

  @Test
  void whatIsOfAnotherStripeIsRefused() {
    Stripe.Made made = Stripe.make(CODE, blocks());
    Map<Integer, byte[]> left = new HashMap<>();
    for (int i = 1; i < 6; i++) {
      byte[] shard = made.shards().get(i).bytes().clone();
      shard[5] ^= (byte) (i == 1 ? 1 : 0);
      left.put(i, shard);
    }
    assertThrows(IllegalArgumentException.class, () -> made.stripe().rebuild(0, left));
  }

  @Test
  void descriptionsAreReadBack() {
    Stripe.Made made = Stripe.make(CODE, blocks());
    assertEquals(made.stripe(), Stripe.decode(made.descriptor().bytes()));
    byte[] bytes = made.descriptor().bytes();
    for (int length = 0; length < bytes.length; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);
      assertThrows(CborException.class, () -> Stripe.decode(cut));
    }
    Random random = new Random(3);
    for (int i = 0; i < 2000; i++) {
      byte[] damaged = bytes.clone();
      damaged[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
      try {
        Stripe unused = Stripe.decode(damaged);
      } catch (CborException e) {
        // No other exception may come of it.
      }
    }
  }

  @Test
  void theLargestBlockFitsAShard() {
    List<Block> blocks = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      blocks.add(block(i, BlockLimits.MAX_PRODUCED_BYTES));
    }
    for (Block shard : Stripe.make(CODE, blocks).shards()) {
      assertTrue(shard.bytes().length <= BlockLimits.MAX_ACCEPTED_BYTES);
    }
  }

  @Test
  void redundanciesAreToldApart() {
    assertTrue(Redundancy.isShard(Redundancy.SHARD));
    assertTrue(Redundancy.isStripe(Redundancy.ofStripe(3)));
    assertEquals(3, Redundancy.copies(Redundancy.ofStripe(3)));
    assertEquals(3, Redundancy.copies(3));
    assertEquals(0, Redundancy.copies(Redundancy.SHARD));
    Set<Integer> valid = new HashSet<>();
    for (int i = -1; i < 256; i++) {
      if (Redundancy.isValid(i)) {
        valid.add(i);
      }
    }
    for (int copies = 0; copies <= BlockLimits.MAX_REPLICATION; copies++) {
      assertTrue(valid.remove(copies));
      assertTrue(copies == 0 || valid.remove(Redundancy.ofStripe(copies)));
    }
    assertEquals(Set.of(Redundancy.SHARD), valid);
  }
}
