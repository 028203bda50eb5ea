package io.cairnfs.dht.record;

import com.google.protobuf.ByteString;
import io.cairnfs.protocol.dht.SignedNodeRecord;
import io.cairnfs.protocol.identity.NodeId;
import io.cairnfs.protocol.transport.Peer;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;

/**
 * A node's signed statement about itself. An instance exists only with a good signature by the key
 * from which the node's id follows: made by {@link #sign}, or read by {@link #verify}. Immutable;
 * equal if signed alike.
 */
public final class NodeRecord {

  /**
   * Separates signatures over records from signatures over anything else that the identity signs.
   */
  private static final ByteString CONTEXT = ByteString.copyFromUtf8("cairn-node-record:");

  private final NodeId id;
  private final ByteString publicKey;
  private final NodeDescription description;
  private final SignedNodeRecord signed;

  private NodeRecord(
      NodeId id, ByteString publicKey, NodeDescription description, SignedNodeRecord signed) {
    this.id = id;
    this.publicKey = publicKey;
    this.description = description;
    this.signed = signed;
  }

  /** Publishes a description under an identity. */
  public static NodeRecord sign(NodeDescription description, RecordSigner signer) {
    ByteString body = RecordCodec.encode(signer.publicKey(), description).toByteString();
    ByteString signature = signer.sign(CONTEXT.concat(body));
    return new NodeRecord(
        signer.id(),
        signer.publicKey(),
        description,
        SignedNodeRecord.newBuilder().setBody(body).setSignature(signature).build());
  }

  /**
   * Reads a record that came from a network or a disk.
   *
   * @throws InvalidRecordException if it is malformed, exceeds a limit or is not signed by its own
   *     key
   */
  public static NodeRecord verify(SignedNodeRecord signed, RecordVerifier verifier)
      throws InvalidRecordException {
    RecordCodec.Decoded decoded = RecordCodec.decode(signed.getBody());
    NodeId id =
        verifier.verify(
            decoded.publicKey(), CONTEXT.concat(signed.getBody()), signed.getSignature());
    return new NodeRecord(id, decoded.publicKey(), decoded.description(), signed);
  }

  /** SHA-256 of the public key. */
  public NodeId id() {
    return id;
  }

  /** Raw Ed25519 public key, 32 bytes. */
  public ByteString publicKey() {
    return publicKey;
  }

  public NodeDescription description() {
    return description;
  }

  /** Of two records of one node the higher version holds. */
  public long version() {
    return description.version();
  }

  public List<InetSocketAddress> addresses() {
    return description.addresses();
  }

  /** Failure domain; empty if none was configured. */
  public String zone() {
    return description.zone();
  }

  public long capacityBytes() {
    return description.capacityBytes();
  }

  public long freeBytes() {
    return description.freeBytes();
  }

  public NodeState state() {
    return description.state();
  }

  public Set<NodeRole> roles() {
    return description.roles();
  }

  public boolean has(NodeRole role) {
    return description.roles().contains(role);
  }

  /** As it travels and rests. */
  public SignedNodeRecord signed() {
    return signed;
  }

  /** Whom to call to reach this node. */
  public Peer peer() {
    return new Peer(id, List.copyOf(description.addresses()));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof NodeRecord record && signed.equals(record.signed);
  }

  @Override
  public int hashCode() {
    return id.hashCode() * 31 + Long.hashCode(description.version());
  }

  @Override
  public String toString() {
    return id
        + " v"
        + description.version()
        + " "
        + description.addresses()
        + " "
        + description.state();
  }
}
