package io.cairnfs.node;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.protobuf.ByteString;
import io.cairnfs.node.store.TestBlocks;
import io.cairnfs.protocol.admin.AdminMethods;
import io.cairnfs.protocol.admin.message.NodeStatusReply;
import io.cairnfs.protocol.admin.message.NodeStatusRequest;
import io.cairnfs.protocol.admission.ClosedAdmission;
import io.cairnfs.protocol.block.Block;
import io.cairnfs.protocol.block.BlockMethods;
import io.cairnfs.protocol.block.message.GetBlocksRequest;
import io.cairnfs.protocol.block.message.PutBlocksRequest;
import io.cairnfs.protocol.head.Founding;
import io.cairnfs.protocol.head.FoundingSignature;
import io.cairnfs.protocol.head.SessionId;
import io.cairnfs.protocol.head.VolumeId;
import io.cairnfs.protocol.identity.Identity;
import io.cairnfs.protocol.identity.NodeId;
import io.cairnfs.protocol.transport.Envelope;
import io.cairnfs.protocol.transport.Peer;
import io.cairnfs.protocol.transport.Transport;
import io.cairnfs.protocol.transport.netty.NettyTransport;
import io.cairnfs.protocol.transport.netty.TransportConfig;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EmbeddedNodeTest {

  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  @TempDir Path directory;

  private static byte[] get(Transport transport, Peer peer, Block block) throws Exception {
    GetBlocksRequest request =
        GetBlocksRequest.newBuilder().addCid(ByteString.copyFrom(block.cid().toBytes())).build();
    return transport
        .request(peer, BlockMethods.GET, Envelope.of(request), TIMEOUT)
        .bodies()
        .getFirst();
  }

  private static void put(Transport transport, Peer peer, Block block) throws Exception {
    PutBlocksRequest request =
        PutBlocksRequest.newBuilder()
            .setDurable(true)
            .addCid(ByteString.copyFrom(block.cid().toBytes()))
            .build();
    transport.request(
        peer, BlockMethods.PUT, new Envelope<>(request, List.of(block.bytes())), TIMEOUT);
  }

  @Test
  void keepsBlocksAndItsIdentityAcrossRestarts() throws Exception {
    Block block = TestBlocks.random(1, 100_000);
    NodeId id;
    try (EmbeddedNode node = EmbeddedNode.open(directory.resolve("data"), "1.0")) {
      id = node.id();
      put(node.transport(), node.self(), block);
    }
    try (EmbeddedNode node = EmbeddedNode.open(directory.resolve("data"), "1.0")) {
      assertEquals(id, node.id());
      assertArrayEquals(block.bytes(), get(node.transport(), node.self(), block));
      assertEquals(
          List.of(id),
          node.locator().candidates(block.cid().key(), TIMEOUT).stream()
              .map(record -> record.id())
              .toList());
    }
  }

  @Test
  void answersOtherProgramsThroughASocketFile() throws Exception {
    Block block = TestBlocks.random(1, 1000);
    Path socket = directory.resolve("socket");
    Identity stranger = Identity.generate();
    try (EmbeddedNode node = EmbeddedNode.open(directory.resolve("data"), "1.0");
        NettyTransport client =
            NettyTransport.open(
                stranger,
                new ClosedAdmission(stranger.id(), Set.of(node.id()), null, admitted -> {}),
                TransportConfig.defaults())) {
      node.listen(socket);
      Peer peer = new Peer(node.id(), List.of(UnixDomainSocketAddress.of(socket)));
      put(client, peer, block);
      assertArrayEquals(block.bytes(), get(client, peer, block));
      NodeStatusReply status =
          client
              .request(
                  peer,
                  AdminMethods.NODE_STATUS,
                  Envelope.of(NodeStatusRequest.getDefaultInstance()),
                  TIMEOUT)
              .message();
      assertEquals(node.id().toString(), status.getId());
      assertEquals(1, status.getStore().getBlocks());
      assertEquals(0, status.getUnderReplicated());
      assertEquals(List.of(socket.toString()), status.getAddressList());
      assertEquals(List.of(), status.getProblemList());
    }
    assertFalse(Files.exists(socket));
  }

  @Test
  void isTheOnlyOneInItsDirectory() throws Exception {
    try (EmbeddedNode node = EmbeddedNode.open(directory.resolve("data"), "1.0")) {
      assertThrows(IOException.class, () -> EmbeddedNode.open(directory.resolve("data"), "1.0"));
      put(node.transport(), node.self(), TestBlocks.random(1, 10));
    }
  }

  @Test
  void aVolumeIsFreeAtOnceAfterItsProcessDied() throws Exception {
    Identity key = Identity.generate();
    VolumeId volume = VolumeId.of(key.publicKey());
    try (EmbeddedNode node = EmbeddedNode.open(directory.resolve("data"), "1.0")) {
      Founding founding =
          new Founding(volume, "v", List.of(node.id()), 1, Instant.EPOCH, new byte[0]);
      node.heads().found(FoundingSignature.sign(founding, key), TIMEOUT);
      node.heads().open(volume, new SessionId(new UUID(0, 1)), "left behind", TIMEOUT);
    }
    try (EmbeddedNode node = EmbeddedNode.open(directory.resolve("data"), "1.0")) {
      assertEquals("", node.heads().info(volume, TIMEOUT).holder());
      node.heads().open(volume, new SessionId(new UUID(0, 2)), "next", TIMEOUT);
    }
  }
}
