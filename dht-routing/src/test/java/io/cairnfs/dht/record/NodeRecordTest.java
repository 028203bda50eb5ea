package io.cairnfs.dht.record;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.cairnfs.protocol.dht.HostPort;
import io.cairnfs.protocol.dht.NodeRecordBody;
import io.cairnfs.protocol.dht.SignedNodeRecord;
import java.net.InetSocketAddress;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class NodeRecordTest {

  private static final NodeDescription DESCRIPTION =
      new NodeDescription(
          7,
          List.of(
              new InetSocketAddress("192.0.2.1", 7440),
              InetSocketAddress.createUnresolved("a.example", 7441)),
          "hall/rack3",
          1L << 40,
          1L << 39,
          NodeState.DRAINING,
          Set.of(NodeRole.STORES_BLOCKS, NodeRole.VOTES),
          90_000);

  private final Ed25519Signer signer = Ed25519Signer.generate();
  private final Ed25519Verifier verifier = new Ed25519Verifier();

  @Test
  void survivesTheWire() throws Exception {
    NodeRecord sent = NodeRecord.sign(DESCRIPTION, signer);
    NodeRecord read =
        NodeRecord.verify(SignedNodeRecord.parseFrom(sent.signed().toByteArray()), verifier);
    assertEquals(sent, read);
    assertEquals(DESCRIPTION, read.description());
    assertEquals(signer.id(), read.id());
    assertEquals(signer.publicKey(), read.publicKey());
  }

  @Test
  void idFollowsFromTheKey() throws Exception {
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(signer.publicKey().toByteArray());
    assertArrayEquals(digest, signer.id().key().toBytes());
  }

  @Test
  void everyFlippedByteIsRefused() {
    SignedNodeRecord signed = NodeRecord.sign(DESCRIPTION, signer).signed();
    for (int i = 0; i < signed.getBody().size(); i++) {
      SignedNodeRecord forged = signed.toBuilder().setBody(flip(signed.getBody(), i)).build();
      assertThrows(
          InvalidRecordException.class,
          () -> NodeRecord.verify(forged, verifier),
          "body byte " + i);
    }
    for (int i = 0; i < signed.getSignature().size(); i++) {
      SignedNodeRecord forged =
          signed.toBuilder().setSignature(flip(signed.getSignature(), i)).build();
      assertThrows(
          InvalidRecordException.class,
          () -> NodeRecord.verify(forged, verifier),
          "signature byte " + i);
    }
  }

  @Test
  void anotherKeyCannotSign() {
    SignedNodeRecord signed = NodeRecord.sign(DESCRIPTION, signer).signed();
    NodeRecordBody mine = RecordCodec.encode(Ed25519Signer.generate().publicKey(), DESCRIPTION);
    SignedNodeRecord stolen = signed.toBuilder().setBody(mine.toByteString()).build();
    assertThrows(InvalidRecordException.class, () -> NodeRecord.verify(stolen, verifier));
  }

  @Test
  void fieldsOfLaterVersionsSurvive() throws Exception {
    ByteString later =
        RecordCodec.encode(signer.publicKey(), DESCRIPTION)
            .toByteString()
            .concat(ByteString.fromHex("f20103616263")); // field 30: "abc"
    SignedNodeRecord signed =
        SignedNodeRecord.newBuilder()
            .setBody(later)
            .setSignature(signer.sign(ByteString.copyFromUtf8("cairn-node-record:").concat(later)))
            .build();
    assertEquals(later, NodeRecord.verify(signed, verifier).signed().getBody());
  }

  @Test
  void limitsHold() {
    HostPort address = HostPort.newBuilder().setHost("192.0.2.1").setPort(1).build();
    NodeRecordBody good = RecordCodec.encode(signer.publicKey(), DESCRIPTION);
    List<NodeRecordBody> bad =
        List.of(
            good.toBuilder().setVersion(0).build(),
            good.toBuilder().setVersion(-1).build(),
            good.toBuilder().setGraceMillis(-1).build(),
            good.toBuilder().setGraceMillis(RecordLimits.MAX_GRACE_MILLIS + 1).build(),
            good.toBuilder().setCapacityBytes(-1).build(),
            good.toBuilder().setZone("z".repeat(RecordLimits.MAX_ZONE_LENGTH + 1)).build(),
            good.toBuilder()
                .addAllAddress(
                    List.of(address, address, address, address, address, address, address))
                .build(),
            good.toBuilder().addAddress(address.toBuilder().setPort(65536)).build(),
            good.toBuilder().addAddress(address.toBuilder().setPort(0)).build(),
            good.toBuilder().addAddress(address.toBuilder().setHost("")).build(),
            good.toBuilder().setStateValue(99).build(),
            good.toBuilder().setZone("z".repeat(RecordLimits.MAX_BODY_BYTES)).build());
    for (NodeRecordBody body : bad) {
      assertThrows(
          InvalidRecordException.class,
          () -> RecordCodec.decode(body.toByteString()),
          body::toString);
    }
  }

  /** The bytes of a record are pinned, since every node must read every other's. */
  @Test
  void bodyBytesArePinned() {
    ByteString key = ByteString.copyFrom(new byte[32]);
    NodeDescription description =
        new NodeDescription(
            2,
            List.of(new InetSocketAddress("192.0.2.1", 7440)),
            "r",
            3,
            1,
            NodeState.ACTIVE,
            Set.of(NodeRole.STORES_BLOCKS, NodeRole.VOTES));
    assertEquals(
        "0a20"
            + "00".repeat(32) // public key
            + "1002" // version
            + "1a0e"
            + "0a093139322e302e322e31"
            + "10903a" // address: host, port
            + "220172" // zone
            + "2803" // capacity
            + "3001" // free
            + "3801" // state
            + "42020102", // roles
        HexFormat.of().formatHex(RecordCodec.encode(key, description).toByteArray()));
  }

  @Test
  void peerNamesIdentityAndAddresses() {
    NodeRecord record = NodeRecord.sign(DESCRIPTION, signer);
    assertEquals(signer.id(), record.peer().id());
    assertEquals(DESCRIPTION.addresses(), record.peer().addresses());
    assertTrue(record.has(NodeRole.VOTES));
  }

  private static ByteString flip(ByteString bytes, int index) {
    byte[] copy = bytes.toByteArray();
    copy[index] ^= 1;
    return ByteString.copyFrom(copy);
  }
}
