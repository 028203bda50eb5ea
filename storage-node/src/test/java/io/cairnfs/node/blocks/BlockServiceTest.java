package io.cairnfs.node.blocks;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import io.cairnfs.node.store.MemoryBlockStore;
import io.cairnfs.node.store.TestBlocks;
import io.cairnfs.protocol.block.Block;
import io.cairnfs.protocol.block.BlockLimits;
import io.cairnfs.protocol.block.BlockMethods;
import io.cairnfs.protocol.block.message.BlockRange;
import io.cairnfs.protocol.block.message.DeleteBlocksRequest;
import io.cairnfs.protocol.block.message.GetBlocksReply;
import io.cairnfs.protocol.block.message.GetBlocksRequest;
import io.cairnfs.protocol.block.message.GetRangesReply;
import io.cairnfs.protocol.block.message.GetRangesRequest;
import io.cairnfs.protocol.block.message.HaveBlocksRequest;
import io.cairnfs.protocol.block.message.ListPinsRequest;
import io.cairnfs.protocol.block.message.PinBlocksRequest;
import io.cairnfs.protocol.block.message.PutBlocksRequest;
import io.cairnfs.protocol.block.message.StatBlocksRequest;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.cid.Codec;
import io.cairnfs.protocol.cid.Multihash;
import io.cairnfs.protocol.identity.NodeId;
import io.cairnfs.protocol.transport.Envelope;
import io.cairnfs.protocol.transport.Method;
import io.cairnfs.protocol.transport.Peer;
import io.cairnfs.protocol.transport.Transport;
import io.cairnfs.protocol.transport.WireError;
import io.cairnfs.protocol.transport.WireException;
import io.cairnfs.protocol.transport.local.LocalNetwork;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

final class BlockServiceTest {

  private static final NodeId NODE = NodeId.parse("01".repeat(32));
  private static final NodeId CLIENT = NodeId.parse("02".repeat(32));
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private final MemoryBlockStore store = new MemoryBlockStore(NODE.key(), 64 << 20);
  private final LocalNetwork network = new LocalNetwork();
  private final Transport client = network.join(CLIENT);

  @BeforeEach
  void serve() {
    new BlockService(store, 3, new SimpleMeterRegistry()).register(network.join(NODE));
  }

  @AfterEach
  void close() {
    network.close();
  }

  private <Q extends MessageLite, R extends MessageLite> Envelope<R> ask(
      Method<Q, R> method, Q request, List<byte[]> bodies)
      throws WireException, InterruptedException {
    return client.request(
        new Peer(NODE, List.of()), method, new Envelope<>(request, bodies), TIMEOUT);
  }

  private <Q extends MessageLite, R extends MessageLite> R ask(Method<Q, R> method, Q request)
      throws WireException, InterruptedException {
    return ask(method, request, List.of()).message();
  }

  private static PutBlocksRequest.Builder putting(List<Block> blocks) {
    return PutBlocksRequest.newBuilder().setDurable(true).addAllCid(encoded(blocks));
  }

  private void put(List<Block> blocks) throws WireException, InterruptedException {
    ask(BlockMethods.PUT, putting(blocks).build(), bodies(blocks));
  }

  private static List<ByteString> encoded(List<Block> blocks) {
    return blocks.stream().map(block -> ByteString.copyFrom(block.cid().toBytes())).toList();
  }

  private static List<byte[]> bodies(List<Block> blocks) {
    return blocks.stream().map(Block::bytes).toList();
  }

  private static void assertError(WireError expected, Executable call) {
    assertEquals(expected, assertThrows(WireException.class, call).error());
  }

  @Test
  void putsAndGets() throws Exception {
    List<Block> blocks = TestBlocks.random(1, 10, 1000);
    assertEquals(
        10, ask(BlockMethods.PUT, putting(blocks).build(), bodies(blocks)).message().getStored());
    Envelope<GetBlocksReply> reply =
        ask(
            BlockMethods.GET,
            GetBlocksRequest.newBuilder().addAllCid(encoded(blocks)).build(),
            List.of());
    assertEquals(Collections.nCopies(10, 0), reply.message().getStatusList());
    for (int i = 0; i < 10; i++) {
      assertArrayEquals(blocks.get(i).bytes(), reply.bodies().get(i));
    }
    assertEquals(3, store.arrivals(0, 1).arrivals().getFirst().replication(), "the node's default");
  }

  private static BlockRange range(Block block, int offset, int length) {
    return BlockRange.newBuilder()
        .setCid(ByteString.copyFrom(block.cid().toBytes()))
        .setOffset(offset)
        .setLength(length)
        .build();
  }

  private static GetRangesRequest ranges(List<BlockRange> ranges) {
    return GetRangesRequest.newBuilder().addAllRange(ranges).build();
  }

  @Test
  void givesPartsOfBlocks() throws Exception {
    List<Block> blocks = TestBlocks.random(1, 3, 1000);
    put(blocks.subList(0, 2));
    Envelope<GetRangesReply> reply =
        ask(
            BlockMethods.GET_RANGES,
            ranges(
                List.of(
                    range(blocks.get(0), 100, 50),
                    range(blocks.get(1), 960, 50),
                    range(blocks.get(2), 0, 1),
                    range(blocks.get(1), 0, 1000))),
            List.of());
    assertEquals(
        List.of(0, WireError.BAD_RANGE.number(), WireError.NOT_FOUND.number(), 0),
        reply.message().getStatusList());
    assertEquals(2, reply.bodies().size());
    assertArrayEquals(
        Arrays.copyOfRange(blocks.get(0).bytes(), 100, 150), reply.bodies().getFirst());
    assertArrayEquals(blocks.get(1).bytes(), reply.bodies().getLast());
  }

  @Test
  void rangesThatNoBlockHasAreRefused() {
    Block block = TestBlocks.random(1, 1, 1000).getFirst();
    for (int[] bad :
        new int[][] {{0, 0}, {-1, 1}, {0, -1}, {0, (2 << 20) + 1}, {2 << 20, 1}, {-5, 2}}) {
      assertError(
          WireError.MALFORMED,
          () -> ask(BlockMethods.GET_RANGES, ranges(List.of(range(block, bad[0], bad[1])))));
    }
    assertError(
        WireError.TOO_LARGE,
        () ->
            ask(BlockMethods.GET_RANGES, ranges(Collections.nCopies(3, range(block, 0, 2 << 20)))));
    assertError(
        WireError.TOO_LARGE,
        () -> ask(BlockMethods.GET_RANGES, ranges(Collections.nCopies(1025, range(block, 0, 1)))));
    BlockRange garbage =
        BlockRange.newBuilder().setCid(ByteString.copyFromUtf8("x")).setLength(1).build();
    assertError(WireError.MALFORMED, () -> ask(BlockMethods.GET_RANGES, ranges(List.of(garbage))));
  }

  @Test
  void oneBadBlockDoesNotHideTheOthers() throws Exception {
    List<Block> blocks = TestBlocks.random(1, 4, 1000);
    put(blocks.subList(0, 3));
    store.damage(blocks.get(1).cid().key());
    Envelope<GetBlocksReply> reply =
        ask(
            BlockMethods.GET,
            GetBlocksRequest.newBuilder().addAllCid(encoded(blocks)).build(),
            List.of());
    assertEquals(
        List.of(0, WireError.CORRUPT.number(), 0, WireError.NOT_FOUND.number()),
        reply.message().getStatusList());
    assertEquals(2, reply.bodies().size());
    assertArrayEquals(blocks.get(2).bytes(), reply.bodies().get(1));
  }

  @Test
  void whatDoesNotFitAReplyIsToBeAskedForAgain() throws Exception {
    List<Block> blocks = TestBlocks.random(1, 6, 1 << 20);
    put(blocks.subList(0, 3));
    put(blocks.subList(3, 6));
    Envelope<GetBlocksReply> reply =
        ask(
            BlockMethods.GET,
            GetBlocksRequest.newBuilder().addAllCid(encoded(blocks)).build(),
            List.of());
    int later = WireError.TOO_LARGE.number();
    assertEquals(List.of(0, 0, 0, 0, later, later), reply.message().getStatusList());
    assertEquals(4, reply.bodies().size());
  }

  @Test
  void reportsPresenceAsABitmap() throws Exception {
    List<Block> blocks = TestBlocks.random(1, 12, 10);
    put(List.of(blocks.get(0), blocks.get(9)));
    byte[] bits =
        ask(BlockMethods.HAVE, HaveBlocksRequest.newBuilder().addAllCid(encoded(blocks)).build())
            .getPresent()
            .toByteArray();
    assertEquals("{0, 9}", BitSet.valueOf(bits).toString());
    assertArrayEquals(new byte[] {1, 2}, bits);
  }

  @Test
  void pinsDeletesAndStats() throws Exception {
    List<Block> blocks = TestBlocks.random(1, 2, 77);
    put(blocks);
    List<ByteString> cids = encoded(blocks);
    int absent = WireError.NOT_FOUND.number();
    ByteString stranger = encoded(TestBlocks.random(9, 1, 1)).getFirst();
    assertEquals(
        List.of(0, absent),
        ask(
                BlockMethods.PIN,
                PinBlocksRequest.newBuilder().addCid(cids.get(0)).addCid(stranger).build())
            .getStatusList());
    assertEquals(
        List.of(cids.get(0)),
        ask(BlockMethods.LIST_PINS, ListPinsRequest.getDefaultInstance()).getCidList());
    var stats =
        ask(
            BlockMethods.STAT,
            StatBlocksRequest.newBuilder().addAllCid(cids).addCid(stranger).build());
    assertEquals(77, stats.getStat(0).getSizeBytes());
    assertTrue(stats.getStat(0).getPinned());
    assertEquals(absent, stats.getStat(2).getStatus());
    DeleteBlocksRequest delete =
        DeleteBlocksRequest.newBuilder().addAllCid(cids).addCid(stranger).build();
    assertEquals(
        List.of(WireError.PINNED.number(), 0, absent),
        ask(BlockMethods.DELETE, delete).getStatusList());
    ask(
        BlockMethods.PIN,
        PinBlocksRequest.newBuilder().addCid(cids.get(0)).setRemove(true).build());
    assertEquals(List.of(0, absent, absent), ask(BlockMethods.DELETE, delete).getStatusList());
  }

  @Test
  void refusesWhatIsNotWellFormed() {
    Block block = TestBlocks.random(1, 10);
    List<Block> one = List.of(block);
    assertError(
        WireError.WRONG_HASH,
        () -> ask(BlockMethods.PUT, putting(one).build(), List.of(new byte[10])));
    assertError(WireError.MALFORMED, () -> ask(BlockMethods.PUT, putting(one).build(), List.of()));
    assertError(
        WireError.MALFORMED,
        () -> ask(BlockMethods.PUT, putting(one).setDurable(false).build(), bodies(one)));
    assertError(
        WireError.MALFORMED,
        () -> ask(BlockMethods.PUT, putting(one).setReplication(21).build(), bodies(one)));
    assertError(
        WireError.MALFORMED,
        () -> ask(BlockMethods.PUT, putting(one).setReplication(-1).build(), bodies(one)));
    GetBlocksRequest garbage =
        GetBlocksRequest.newBuilder().addCid(ByteString.copyFromUtf8("garbage")).build();
    assertError(WireError.MALFORMED, () -> ask(BlockMethods.GET, garbage));
    Cid identity = Cid.decode(new byte[] {1, (byte) Codec.RAW.code(), Multihash.IDENTITY, 1, 7});
    GetBlocksRequest inline =
        GetBlocksRequest.newBuilder().addCid(ByteString.copyFrom(identity.toBytes())).build();
    assertError(WireError.MALFORMED, () -> ask(BlockMethods.GET, inline));
    GetBlocksRequest many =
        GetBlocksRequest.newBuilder()
            .addAllCid(
                Collections.nCopies(BlockLimits.MAX_BATCH_BLOCKS + 1, encoded(one).getFirst()))
            .build();
    assertError(WireError.TOO_LARGE, () -> ask(BlockMethods.GET, many));
  }

  @Test
  void aFullStoreSaysSo() throws Exception {
    for (int i = 0; i < 16; i++) {
      put(TestBlocks.random(100L * i, 4, 1 << 20));
    }
    assertError(WireError.NO_SPACE, () -> put(TestBlocks.random(9999, 1, 1)));
  }
}
