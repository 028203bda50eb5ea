package io.cairnfs.client.cli;

import io.cairnfs.client.block.BlockClient;
import io.cairnfs.client.block.BlockClients;
import io.cairnfs.client.block.BlockCounters;
import io.cairnfs.client.block.Claims;
import io.cairnfs.client.block.PlacementSettings;
import io.cairnfs.client.head.HeadPlace;
import io.cairnfs.client.head.RemoteHead;
import io.cairnfs.client.head.RemoteSnapshots;
import io.cairnfs.client.history.VolumeHistory;
import io.cairnfs.protocol.head.Founding;
import io.cairnfs.protocol.head.Snapshots;
import io.cairnfs.protocol.head.VolumeId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * A volume of a cluster with its snapshots, as commands see it.
 *
 * @param founding the volume
 * @param history its snapshots
 * @param snapshots the same, at the head
 * @param blocks of the volume
 */
record ClusterHistory(
    Founding founding, VolumeHistory history, Snapshots snapshots, BlockClient blocks) {

  /** For one question to the head: a person waits. */
  static final Duration TIMEOUT = Duration.ofSeconds(10);

  private static final long CACHE_BYTES = 32L << 20;

  /**
   * @param what this process does, to name it to others
   */
  static ClusterHistory of(Cluster cluster, Founding founding, String what) throws IOException {
    HeadPlace place = cluster.place(founding);
    BlockClient blocks = blocks(cluster, founding.volume(), founding.replication());
    Snapshots snapshots = new RemoteSnapshots(cluster.transport(), place);
    VolumeHistory history =
        new VolumeHistory(
            new RemoteHead(cluster.transport(), place),
            snapshots,
            founding.volume(),
            blocks,
            holder(what));
    return new ClusterHistory(founding, history, snapshots, blocks);
  }

  /** The blocks of a volume with so many replicas. */
  static BlockClient blocks(Cluster cluster, VolumeId volume, int replication) {
    return blocks(cluster, new Claims(volume), replication);
  }

  /** The same with claims that others share. */
  static BlockClient blocks(Cluster cluster, Claims claims, int replication) {
    return BlockClients.remote(
        cluster.transport(),
        cluster.replicas(),
        PlacementSettings.of(replication),
        claims,
        CACHE_BYTES,
        new BlockCounters());
  }

  /** Names what this process does to others. */
  static String holder(String what) throws IOException {
    String host = Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
    return host + ":" + ProcessHandle.current().pid() + ":" + what;
  }
}
