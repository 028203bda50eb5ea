package io.cairnfs.client.block;

import java.time.Duration;

/**
 * How blocks are spread over nodes, and how long a node is waited for.
 *
 * @param replication replicas that a block should have
 * @param writeAcks replicas that must be durable before a put returns; at most {@code replication}
 * @param readTimeout how long one node may take to answer a read or a question
 * @param readHedge after this long without an answer, another node is asked too
 * @param writeTimeout how long one node may take to store blocks; long, because a busy disk is not
 *     a dead one
 * @param writeHedge after this long without enough answers, other nodes get the blocks too
 * @param lingerBytes bound on bytes that are still on their way to further replicas after their put
 *     has returned
 */
public record PlacementSettings(
    int replication,
    int writeAcks,
    Duration readTimeout,
    Duration readHedge,
    Duration writeTimeout,
    Duration writeHedge,
    int lingerBytes) {

  private static final int DEFAULT_WRITE_ACKS = 2;
  private static final int DEFAULT_LINGER_BYTES = 64 << 20;

  public PlacementSettings {
    if (writeAcks < 1 || writeAcks > replication) {
      throw new IllegalArgumentException(writeAcks + " write-acks of " + replication + " replicas");
    }
  }

  /** The defaults for a number of replicas. */
  public static PlacementSettings of(int replication) {
    return new PlacementSettings(
        replication,
        Math.min(DEFAULT_WRITE_ACKS, replication),
        Duration.ofMillis(1500),
        Duration.ofMillis(250),
        Duration.ofSeconds(10),
        Duration.ofMillis(1500),
        DEFAULT_LINGER_BYTES);
  }

  public PlacementSettings withWriteAcks(int acks) {
    return new PlacementSettings(
        replication, acks, readTimeout, readHedge, writeTimeout, writeHedge, lingerBytes);
  }
}
