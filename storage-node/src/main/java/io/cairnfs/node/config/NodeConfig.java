package io.cairnfs.node.config;

import io.cairnfs.dht.record.NodeRole;
import io.cairnfs.dht.record.RecordLimits;
import io.cairnfs.protocol.identity.NodeId;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * How a node is to run. Immutable and valid.
 *
 * @param data its data directory
 * @param listen where peers reach it; port 0 for any
 * @param advertise where peers are told to reach it; empty to derive it from {@code listen}
 * @param http where metrics and status are served; port 0 for any
 * @param zone failure domain, such as a rack or a site; empty for none
 * @param capacityBytes most bytes of blocks; empty for what the disk holds
 * @param grace how long a block that nothing needs any more stays
 * @param roles what it offers
 * @param memory how much it may use outside the Java heap
 * @param bootstrap nodes to join by; empty to found a cluster or to wait for others
 * @param tokenFile holds the join token of the cluster to join
 * @param allow identities that are admitted without a token
 * @param heads how it hosts heads
 * @param scrub how it reads its blocks again
 * @param repair how it keeps replicas whole
 */
public record NodeConfig(
    Path data,
    InetSocketAddress listen,
    List<InetSocketAddress> advertise,
    InetSocketAddress http,
    String zone,
    OptionalLong capacityBytes,
    Duration grace,
    Set<NodeRole> roles,
    Memory memory,
    List<InetSocketAddress> bootstrap,
    Optional<Path> tokenFile,
    Set<NodeId> allow,
    HeadSettings heads,
    ScrubSettings scrub,
    RepairSettings repair) {

  /** Where peers listen unless told otherwise. */
  public static final int DEFAULT_PORT = 7440;

  /** Where HTTP is served unless told otherwise. */
  public static final int DEFAULT_HTTP_PORT = 7441;

  /** Far longer than anything that was stored waits to be committed. */
  public static final Duration DEFAULT_GRACE = Duration.ofHours(1);

  /** Sizes of caches and buffers. */
  public enum Memory {
    /** About 150 MiB. */
    MODERATE,
    /** About 400 MiB: for a machine that is there to store blocks. */
    LARGE
  }

  /**
   * @throws IllegalArgumentException if a value is out of range
   */
  public NodeConfig {
    advertise = List.copyOf(advertise);
    roles = Set.copyOf(roles);
    bootstrap = List.copyOf(bootstrap);
    allow = Set.copyOf(allow);
    if (zone.length() > RecordLimits.MAX_ZONE_LENGTH) {
      throw new IllegalArgumentException(
          "a zone has at most " + RecordLimits.MAX_ZONE_LENGTH + " characters");
    }
    if (capacityBytes.isPresent() && capacityBytes.getAsLong() <= 0) {
      throw new IllegalArgumentException("the capacity is positive");
    }
    if (grace.isNegative()) {
      throw new IllegalArgumentException("the grace is not negative");
    }
    if (advertise.size() > RecordLimits.MAX_ADDRESSES) {
      throw new IllegalArgumentException(
          "at most " + RecordLimits.MAX_ADDRESSES + " addresses are advertised");
    }
  }

  /** The defaults, with a data directory. */
  public static NodeConfig defaults(Path data) {
    return new NodeConfig(
        data,
        new InetSocketAddress(DEFAULT_PORT),
        List.of(),
        new InetSocketAddress(InetAddress.getLoopbackAddress(), DEFAULT_HTTP_PORT),
        "",
        OptionalLong.empty(),
        DEFAULT_GRACE,
        Set.of(NodeRole.values()),
        Memory.MODERATE,
        List.of(),
        Optional.empty(),
        Set.of(),
        HeadSettings.DEFAULT,
        ScrubSettings.DEFAULT,
        RepairSettings.DEFAULT);
  }

  /**
   * Whether this node starts a cluster of its own: nobody to join, and no token that others made.
   */
  public boolean foundsCluster() {
    return bootstrap.isEmpty() && tokenFile.isEmpty();
  }
}
