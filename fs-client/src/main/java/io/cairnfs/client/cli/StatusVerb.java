package io.cairnfs.client.cli;

import io.cairnfs.protocol.admin.StatusFields;
import io.cairnfs.protocol.admin.message.NodeStatusReply;
import io.cairnfs.protocol.head.Founding;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * {@code cairn status}: the whole cluster on one screen. Exits with 0 if it is whole, otherwise
 * with 3.
 */
@Command(
    name = "status",
    description = {
      "Show whether the cluster is whole: its nodes, replicas, volumes; 3 if it is not.",
      "Then also what is being done about it, and how long that will take."
    },
    footer = {"", "Example:", "  cairn status --node localhost:7440 --token-file token"})
final class StatusVerb extends Verb {

  @Mixin private AccessOptions access = new AccessOptions();

  @Override
  public Integer call() throws CommandException, IOException, InterruptedException {
    ClusterAccess cluster = access.resolve();
    ClusterHealth health;
    try (Connector.Connection connection = root().connector().connect(cluster)) {
      health = new ClusterHealth(ClusterSurvey.of(connection));
    }
    List<MountRecord> mounts = new MountRecords(ClientPaths.ofThisUser().mounts()).running();
    answer(StatusText.of(health, mounts), fields(health, mounts));
    return health.isWhole() ? ExitCode.OK : ExitCode.PARTIAL;
  }

  private static Map<String, Object> fields(ClusterHealth health, List<MountRecord> mounts) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("whole", health.isWhole());
    fields.put("underReplicated", health.underReplicated());
    health.secondsLeft().ifPresent(seconds -> fields.put("etaSeconds", seconds));
    fields.put("quarantined", health.quarantined());
    fields.put("garbageBlocks", health.garbageBlocks());
    fields.put("garbageBytes", health.garbageBytes());
    fields.put("headless", health.headless().stream().map(StatusVerb::fields).toList());
    fields.put("nodes", health.nodes().stream().map(StatusVerb::fields).toList());
    fields.put("mounts", mounts.stream().map(StatusVerb::fields).toList());
    return fields;
  }

  private static Map<String, Object> fields(Founding volume) {
    return Map.of("name", volume.name(), "volume", volume.volume().toString());
  }

  private static Map<String, Object> fields(ClusterSurvey.NodeReport node) {
    NodeStatusReply status = node.status();
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("id", node.id());
    fields.put("addresses", node.addresses());
    fields.put("state", node.state());
    fields.put("up", status != null);
    if (status != null) {
      fields.putAll(StatusFields.of(status));
    }
    return fields;
  }

  private static Map<String, Object> fields(MountRecord mount) {
    return Map.of(
        "volume", mount.volume(),
        "directory", mount.directory().toString(),
        "pid", mount.process().pid());
  }
}
