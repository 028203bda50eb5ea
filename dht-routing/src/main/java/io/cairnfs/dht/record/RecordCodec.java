package io.cairnfs.dht.record;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.cairnfs.protocol.dht.HostPort;
import io.cairnfs.protocol.dht.NodeRecordBody;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Descriptions to and from the body of a node record. */
final class RecordCodec {

  record Decoded(ByteString publicKey, NodeDescription description) {}

  private RecordCodec() {}

  static NodeRecordBody encode(ByteString publicKey, NodeDescription description) {
    NodeRecordBody.Builder body =
        NodeRecordBody.newBuilder()
            .setPublicKey(publicKey)
            .setVersion(description.version())
            .setZone(description.zone())
            .setCapacityBytes(description.capacityBytes())
            .setFreeBytes(description.freeBytes())
            .setState(encode(description.state()))
            .setGraceMillis(description.graceMillis());
    for (InetSocketAddress address : description.addresses()) {
      body.addAddress(HostPort.newBuilder().setHost(host(address)).setPort(address.getPort()));
    }
    for (NodeRole role : EnumSet.allOf(NodeRole.class)) {
      if (description.roles().contains(role)) {
        body.addRole(encode(role));
      }
    }
    return body.build();
  }

  static Decoded decode(ByteString encoded) throws InvalidRecordException {
    if (encoded.size() > RecordLimits.MAX_BODY_BYTES) {
      throw new InvalidRecordException("a record of " + encoded.size() + " bytes");
    }
    try {
      NodeRecordBody body = NodeRecordBody.parseFrom(encoded);
      return new Decoded(body.getPublicKey(), decode(body));
    } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
      throw new InvalidRecordException("malformed record: " + e.getMessage(), e);
    }
  }

  private static NodeDescription decode(NodeRecordBody body) throws InvalidRecordException {
    List<InetSocketAddress> addresses = new ArrayList<>();
    for (HostPort address : body.getAddressList()) {
      addresses.add(address(address));
    }
    Set<NodeRole> roles = EnumSet.noneOf(NodeRole.class);
    for (NodeRecordBody.Role role : body.getRoleList()) {
      switch (role) {
        case STORES_BLOCKS -> roles.add(NodeRole.STORES_BLOCKS);
        case VOTES -> roles.add(NodeRole.VOTES);
        case SERVES_HTTP -> roles.add(NodeRole.SERVES_HTTP);
        case ROLE_UNSPECIFIED, UNRECOGNIZED -> {
          // A role of a later version: what we do not know of we do not use.
        }
      }
    }
    return new NodeDescription(
        body.getVersion(),
        addresses,
        body.getZone(),
        body.getCapacityBytes(),
        body.getFreeBytes(),
        decode(body.getState()),
        roles,
        body.getGraceMillis());
  }

  /** The literal if there is one, so that reading a record never asks a name server. */
  private static String host(InetSocketAddress address) {
    InetAddress resolved = address.getAddress();
    return resolved == null ? address.getHostString() : resolved.getHostAddress();
  }

  private static InetSocketAddress address(HostPort address) {
    InetAddress literal;
    try {
      literal = InetAddress.ofLiteral(address.getHost());
    } catch (IllegalArgumentException _) {
      return InetSocketAddress.createUnresolved(address.getHost(), address.getPort());
    }
    return new InetSocketAddress(literal, address.getPort());
  }

  private static NodeRecordBody.State encode(NodeState state) {
    return switch (state) {
      case ACTIVE -> NodeRecordBody.State.ACTIVE;
      case DRAINING -> NodeRecordBody.State.DRAINING;
      case LEAVING -> NodeRecordBody.State.LEAVING;
    };
  }

  private static NodeState decode(NodeRecordBody.State state) throws InvalidRecordException {
    return switch (state) {
      case ACTIVE -> NodeState.ACTIVE;
      case DRAINING -> NodeState.DRAINING;
      case LEAVING -> NodeState.LEAVING;
      case STATE_UNSPECIFIED, UNRECOGNIZED ->
          throw new InvalidRecordException("a record without a known state");
    };
  }

  private static NodeRecordBody.Role encode(NodeRole role) {
    return switch (role) {
      case STORES_BLOCKS -> NodeRecordBody.Role.STORES_BLOCKS;
      case VOTES -> NodeRecordBody.Role.VOTES;
      case SERVES_HTTP -> NodeRecordBody.Role.SERVES_HTTP;
    };
  }
}
