package io.cairnfs.dht.testing;

import io.cairnfs.dht.record.NodeDescription;
import io.cairnfs.dht.record.NodeRecord;
import io.cairnfs.dht.record.NodeRole;
import io.cairnfs.dht.record.NodeState;
import io.cairnfs.protocol.identity.Key256;
import io.cairnfs.protocol.identity.NodeId;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;

/** Keys and records with values that suit most tests. */
public final class TestNodes {

  public static final long GIB = 1L << 30;

  private TestNodes() {}

  /**
   * A key that begins with a byte and is zero elsewhere: an eight-bit key space that a person can
   * read.
   */
  public static Key256 key(int firstByte) {
    byte[] bytes = new byte[Key256.BYTES];
    bytes[0] = (byte) firstByte;
    return Key256.of(bytes);
  }

  public static Key256 randomKey(RandomGenerator random) {
    byte[] bytes = new byte[Key256.BYTES];
    random.nextBytes(bytes);
    return Key256.of(bytes);
  }

  public static NodeDescription description() {
    return new NodeDescription(
        1, List.of(), "", 100 * GIB, 50 * GIB, NodeState.ACTIVE, Set.of(NodeRole.STORES_BLOCKS));
  }

  public static NodeRecord record(Key256 id) {
    return record(id, description());
  }

  public static NodeRecord record(Key256 id, NodeDescription description) {
    return NodeRecord.sign(description, new StubSigner(new NodeId(id)));
  }

  public static NodeRecord inZone(Key256 id, String zone) {
    return record(
        id,
        new NodeDescription(
            1,
            List.of(),
            zone,
            100 * GIB,
            50 * GIB,
            NodeState.ACTIVE,
            Set.of(NodeRole.STORES_BLOCKS)));
  }

  /** A record with an address and a version. */
  public static NodeRecord at(Key256 id, String address, int version) {
    return record(
        id,
        description()
            .withAddresses(List.of(new InetSocketAddress(address, 7440)))
            .withVersion(version));
  }
}
