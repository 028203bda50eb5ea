package io.cairnfs.client.block;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.cairnfs.protocol.block.Block;
import io.cairnfs.protocol.block.BlockMethods;
import io.cairnfs.protocol.block.message.GetBlocksReply;
import io.cairnfs.protocol.block.message.GetRangesReply;
import io.cairnfs.protocol.block.message.HaveBlocksReply;
import io.cairnfs.protocol.block.message.PutBlocksReply;
import io.cairnfs.protocol.block.message.PutBlocksRequest;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.cid.Codec;
import io.cairnfs.protocol.identity.Key256;
import io.cairnfs.protocol.identity.NodeId;
import io.cairnfs.protocol.transport.Envelope;
import io.cairnfs.protocol.transport.Peer;
import io.cairnfs.protocol.transport.Transport;
import io.cairnfs.protocol.transport.WireError;
import io.cairnfs.protocol.transport.WireException;
import io.cairnfs.protocol.transport.local.LocalNetwork;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The block methods as a client speaks them. */
class RemoteNodeBlocksTest {

  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  private final LocalNetwork network = new LocalNetwork();
  private final Transport node = network.join(id(1));
  private final Peer peer = new Peer(id(1), List.of());
  private final RemoteNodeBlocks blocks = new RemoteNodeBlocks(network.join(id(2)), 3);

  private static NodeId id(int number) {
    byte[] key = new byte[Key256.BYTES];
    key[0] = (byte) number;
    return new NodeId(Key256.of(key));
  }

  private static Block block(int number) {
    byte[] bytes = {(byte) number};
    return new Block(Cid.of(Codec.RAW, bytes), bytes);
  }

  @AfterEach
  void close() {
    network.close();
  }

  @Test
  void bodiesAreSentUncopiedInTheOrderOfTheirCids() throws Exception {
    AtomicReference<@Nullable Envelope<PutBlocksRequest>> received = new AtomicReference<>();
    node.handle(
        BlockMethods.PUT,
        (caller, request, timeout) -> {
          received.set(request);
          return Envelope.of(PutBlocksReply.getDefaultInstance());
        });
    blocks.put(peer, List.of(block(1), block(2)), TIMEOUT);
    Envelope<PutBlocksRequest> request = received.get();
    assertTrue(request != null && request.message().getDurable());
    assertEquals(3, request.message().getReplication());
    assertEquals(ByteString.copyFrom(block(2).cid().toBytes()), request.message().getCid(1));
    assertEquals(2, request.bodies().get(1)[0]);
  }

  @Test
  void aBodyOrANumberedErrorComesBack() throws Exception {
    Block block = block(1);
    node.handle(
        BlockMethods.GET,
        (caller, request, timeout) -> {
          boolean known = Cid.decode(request.message().getCid(0).toByteArray()).equals(block.cid());
          int status = known ? 0 : WireError.NOT_FOUND.number();
          GetBlocksReply reply = GetBlocksReply.newBuilder().addStatus(status).build();
          return new Envelope<>(reply, known ? List.of(block.bytes()) : List.of());
        });
    assertSame(block.bytes(), blocks.get(peer, block.cid(), TIMEOUT));
    assertError(WireError.NOT_FOUND);
  }

  @Test
  void anAnswerWithoutABodyIsMalformed() {
    node.handle(
        BlockMethods.GET,
        (caller, request, timeout) ->
            Envelope.of(GetBlocksReply.newBuilder().addStatus(0).build()));
    assertError(WireError.MALFORMED);
  }

  private void assertError(WireError error) {
    WireException failure =
        assertThrows(WireException.class, () -> blocks.get(peer, block(9).cid(), TIMEOUT));
    assertEquals(error, failure.error());
  }

  @Test
  void aPartMustBeAsLongAsItShouldBe() throws Exception {
    node.handle(
        BlockMethods.GET_RANGES,
        (caller, request, timeout) -> {
          int length = request.message().getRange(0).getOffset() == 0 ? 5 : 4;
          return new Envelope<>(
              GetRangesReply.newBuilder().addStatus(0).build(), List.of(new byte[length]));
        });
    Cid cid = block(1).cid();
    assertEquals(5, blocks.get(peer, new Chunk(cid, cid, 0, 5), TIMEOUT).length);
    WireException failure =
        assertThrows(
            WireException.class, () -> blocks.get(peer, new Chunk(cid, cid, 1, 5), TIMEOUT));
    assertEquals(WireError.MALFORMED, failure.error());
  }

  @Test
  void presenceIsReadBitByBitAndMissingBytesAreAbsence() throws Exception {
    node.handle(
        BlockMethods.HAVE,
        (caller, request, timeout) ->
            Envelope.of(
                HaveBlocksReply.newBuilder()
                    .setPresent(ByteString.copyFrom(new byte[] {(byte) 0b1000_0001, 0b10}))
                    .build()));
    List<Cid> asked = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      asked.add(block(i).cid());
    }
    assertEquals(
        Set.of(asked.get(0), asked.get(7), asked.get(9)), blocks.have(peer, asked, TIMEOUT));
  }
}
