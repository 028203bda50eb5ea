package io.cairnfs.client.sweep;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairnfs.client.block.BlockClient;
import io.cairnfs.client.block.BlockClients;
import io.cairnfs.client.block.BlockCounters;
import io.cairnfs.client.block.BlockException;
import io.cairnfs.client.block.Chunk;
import io.cairnfs.client.block.PlacementSettings;
import io.cairnfs.client.block.Replicas;
import io.cairnfs.client.block.Stripes;
import io.cairnfs.client.stripe.StripeSettings;
import io.cairnfs.client.stripe.Striper;
import io.cairnfs.client.vfs.VfsException;
import io.cairnfs.protocol.block.Block;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.cid.Codec;
import io.cairnfs.protocol.erasure.Erasure;
import io.cairnfs.protocol.erasure.Stripe;
import io.cairnfs.protocol.identity.Key256;
import io.cairnfs.protocol.identity.NodeId;
import io.cairnfs.protocol.ipld.CborException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a sweep takes of stripes: blocks that they have in replicas no more, and nothing else. */
final class StripeSweepTest {

  private static final int MIB = 1 << 20;
  private static final Erasure CODE = new Erasure(4, 2);

  @TempDir Path directory;

  /** The only node, as many times as a stripe has shards. */
  private record Repeated(SweptVolume volume) implements Replicas {

    @Override
    public List<Replica> order(Key256 key, boolean fresh, Duration timeout) {
      Replica self = new Replica(volume.node.id(), volume.node.self(), true);
      return Collections.nCopies(CODE.shards(), self);
    }

    @Override
    public boolean isUp(NodeId node) {
      return true;
    }

    @Override
    public void suspect(NodeId node) {
      // There is no other.
    }
  }

  private static void stripe(SweptVolume volume) throws Exception {
    Stripes stripes =
        BlockClients.stripes(
            volume.node.transport(),
            new Repeated(volume),
            PlacementSettings.of(1),
            volume.claims,
            new BlockCounters());
    Striper striper =
        new Striper(
            volume.mounted()::namespace,
            volume.blocks,
            stripes,
            StripeSettings.of(CODE, Duration.ZERO, 1),
            () -> Long.MAX_VALUE);
    while (striper.step(true).kind() != Striper.Kind.WALKED) {}
    while (striper.step(false).kind() != Striper.Kind.IDLE) {}
    volume.mounted().vfs().syncAll();
    volume.mounted().fold();
  }

  private static long bytes(SweptVolume volume) {
    return volume.node.store().figures().bytes();
  }

  @Test
  void replicasOfWhatIsInStripesGoAndShardsStay() throws Exception {
    try (SweptVolume volume = new SweptVolume(directory, true)) {
      volume.write("kept", SweptVolume.content(1, 4 * MIB));
      volume.mounted().fold();
      stripe(volume);
      assertTrue(bytes(volume) >= 10L * MIB, "both are there");
      for (int i = 0; i < 4; i++) {
        volume.sweep();
        volume.collect();
      }
      assertTrue(bytes(volume) >= 6L * MIB, "parity is needed, too");
      assertTrue(bytes(volume) <= 7L * MIB, "replicas are not");
      volume.remount();
      assertArrayEquals(SweptVolume.content(1, 4 * MIB), volume.read("kept", 4 * MIB));

      volume.remove("kept");
      volume.mounted().fold();
      volume.sweep();
      volume.sweep();
      volume.collect();
      assertTrue(bytes(volume) <= MIB, "nothing needs the stripe");
    }
  }

  /** The same without marks for shards, which shows that the test before would see a loss. */
  @Test
  void unmarkedShardsWouldBeLost() throws Exception {
    try (SweptVolume volume = new SweptVolume(directory, true)) {
      volume.write("kept", SweptVolume.content(1, 4 * MIB));
      volume.mounted().fold();
      stripe(volume);
      Sweeper blind = volume.sweeper(new OtherShards(volume.blocks));
      for (int i = 0; i < 4; i++) {
        volume.sweep(blind);
        volume.collect();
      }
      volume.remount();
      assertThrows(VfsException.class, () -> volume.read("kept", 4 * MIB));
    }
  }

  /** Says of each stripe that it has shards that it has not. */
  private record OtherShards(BlockClient inner) implements BlockClient {

    @Override
    public byte[] get(Cid cid) throws BlockException, InterruptedException {
      byte[] bytes = inner.get(cid);
      try {
        Stripe stripe = Stripe.decode(bytes);
        List<Block> others = new ArrayList<>();
        for (int i = 0; i < stripe.data().size(); i++) {
          byte[] other = {(byte) i};
          others.add(new Block(Cid.of(Codec.RAW, other), other));
        }
        return Stripe.make(CODE, others).descriptor().bytes();
      } catch (CborException e) {
        return bytes; // of the tree
      }
    }

    @Override
    public byte[] get(Chunk chunk) throws BlockException, InterruptedException {
      return inner.get(chunk);
    }

    @Override
    public void put(List<Block> blocks) throws BlockException, InterruptedException {
      inner.put(blocks);
    }

    @Override
    public Set<Cid> have(Collection<Cid> cids) throws BlockException, InterruptedException {
      return inner.have(cids);
    }
  }
}
