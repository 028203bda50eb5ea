package io.cairnfs.client.cli;

import io.cairnfs.client.block.BlockClients;
import io.cairnfs.client.block.BlockCounters;
import io.cairnfs.client.block.Claims;
import io.cairnfs.client.block.PlacementSettings;
import io.cairnfs.client.head.RemoteHead;
import io.cairnfs.client.history.VolumeHistory;
import io.cairnfs.client.sweep.ClaimWalk;
import io.cairnfs.protocol.head.Founding;
import io.cairnfs.protocol.head.Snapshot;
import io.cairnfs.protocol.head.VolumeId;
import io.cairnfs.protocol.identity.Identity;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code cairn volume clone}. */
@Command(
    name = "clone",
    description = {
      "Found a volume that begins as another one is, or was; whatever the size at once.",
      "They share what they have in common, and change apart."
    },
    footer = {
      "",
      "Examples:",
      "  cairn volume clone photos experiments",
      "  cairn volume clone photos@monday experiments"
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields before it calls
final class CloneVerb extends ClusterVerb {

  @Parameters(
      index = "0",
      paramLabel = "VOLUME[@SNAPSHOT]",
      description = "The origin; as it is now, if no snapshot is named.")
  private String origin;

  @Parameters(index = "1", paramLabel = "NEW", description = "The clone's name.")
  private String name;

  @Override
  int call(Cluster cluster) throws CommandException, IOException, InterruptedException {
    Volumes.checkName(name);
    SnapshotWord word = SnapshotWord.parse(origin);
    Volumes volumes = new Volumes(cluster);
    volumes.requireUnused(List.of(name));
    ClusterHistory of = ClusterHistory.of(cluster, volumes.find(word.volume()), "clone");
    if (word.snapshot() != null) {
      return cloneOf(cluster, volumes, of, of.history().pinned(word.requireSnapshot()));
    }
    Snapshot now = of.history().create("clone-" + UUID.randomUUID()).snapshot();
    try {
      return cloneOf(cluster, volumes, of, of.history().pinned(now.name()));
    } finally {
      of.snapshots().delete(of.founding().volume(), now.serial(), ClusterHistory.TIMEOUT);
    }
  }

  private int cloneOf(Cluster cluster, Volumes volumes, ClusterHistory of, Snapshot pinned)
      throws CommandException, IOException, InterruptedException {
    Identity key = Identity.generate();
    VolumeId id = new VolumeKeys(ClientPaths.ofThisUser().keys()).add(key);
    Founding clone =
        volumes.foundOn(
            key,
            name,
            of.founding().replication(),
            of.founding().erasure(),
            VolumeHistory.origin(pinned));
    Claims claims = new Claims(id);
    ClaimWalk.of(
        new RemoteHead(cluster.transport(), cluster.place(clone)),
        id,
        ClusterHistory.blocks(cluster, claims, clone.replication()),
        BlockClients.stripes(
            cluster.transport(),
            cluster.replicas(),
            PlacementSettings.of(clone.replication()),
            claims,
            new BlockCounters()));
    answer(
        id.toString(),
        Map.of("volume", id.toString(), "name", name, "replication", clone.replication()));
    return ExitCode.OK;
  }
}
