package io.cairnfs.client.cli;

import io.cairnfs.protocol.admin.message.NodeStatusReply;
import io.cairnfs.protocol.admin.message.PeerStatus;
import io.cairnfs.protocol.admin.message.StoreStatus;
import io.cairnfs.protocol.admin.message.WorkerStatus;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code cairn node status}: how a node and its peers are. Exits with 3 if the node complains. */
@Command(
    name = "status",
    description = "Show how a node is; exits with 3 if something is wrong with it.",
    footer = {"", "Example:", "  cairn node status --node localhost:7440 --token-file token"})
final class NodeStatusVerb extends Verb {

  @Mixin private AccessOptions access = new AccessOptions();

  @Override
  public Integer call() throws CommandException, IOException, InterruptedException {
    NodeStatusReply status;
    try (Connector.Connection connection = root().connector().connect(access.resolve())) {
      status = new NodeClient(connection.transport(), connection.node()).status();
    }
    answer(text(status), fields(status));
    return status.getProblemCount() == 0 ? ExitCode.OK : ExitCode.PARTIAL;
  }

  private static String text(NodeStatusReply status) {
    StoreStatus store = status.getStore();
    StringBuilder text = new StringBuilder();
    line(text, "node", status.getId());
    line(text, "version", status.getVersion());
    line(text, "up", Duration.ofSeconds(status.getUptimeMillis() / 1000).toString());
    line(text, "addresses", String.join(" ", status.getAddressList()));
    if (!status.getZone().isEmpty()) {
      line(text, "zone", status.getZone());
    }
    line(text, "blocks", store.getBlocks() + ", " + Sizes.format(store.getBytes()));
    line(
        text,
        "free",
        Sizes.format(store.getFreeBytes()) + " of " + Sizes.format(store.getCapacityBytes()));
    line(text, "volumes", Integer.toString(status.getVolumes()));
    line(text, "under-replicated", Long.toString(status.getUnderReplicated()));
    line(text, "quarantined", Long.toString(store.getQuarantined()));
    for (PeerStatus peer : status.getPeerList()) {
      line(
          text,
          "peer",
          peer.getId()
              + (peer.getAlive() ? " up, " : " down, ")
              + peer.getUnconfirmed()
              + " unconfirmed");
    }
    for (WorkerStatus worker : status.getWorkerList()) {
      line(text, worker.getName(), worker.getState() + " " + worker.getDetail());
    }
    status.getProblemList().forEach(problem -> line(text, "PROBLEM", problem));
    return text.toString().stripTrailing();
  }

  private static void line(StringBuilder text, String name, String value) {
    text.append(String.format("%-17s %s%n", name, value));
  }

  private static Map<String, Object> fields(NodeStatusReply status) {
    StoreStatus store = status.getStore();
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("id", status.getId());
    fields.put("version", status.getVersion());
    fields.put("uptimeMillis", status.getUptimeMillis());
    fields.put("addresses", status.getAddressList());
    fields.put("zone", status.getZone());
    fields.put("blocks", store.getBlocks());
    fields.put("bytes", store.getBytes());
    fields.put("freeBytes", store.getFreeBytes());
    fields.put("capacityBytes", store.getCapacityBytes());
    fields.put("quarantined", store.getQuarantined());
    fields.put("writable", store.getWritable());
    fields.put("volumes", status.getVolumes());
    fields.put("underReplicated", status.getUnderReplicated());
    fields.put("peers", status.getPeerList().stream().map(NodeStatusVerb::fields).toList());
    fields.put("workers", status.getWorkerList().stream().map(NodeStatusVerb::fields).toList());
    fields.put("problems", status.getProblemList());
    return fields;
  }

  private static Map<String, Object> fields(PeerStatus peer) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("id", peer.getId());
    fields.put("addresses", peer.getAddressList());
    fields.put("alive", peer.getAlive());
    fields.put("zone", peer.getZone());
    fields.put("unconfirmed", peer.getUnconfirmed());
    return fields;
  }

  private static Map<String, Object> fields(WorkerStatus worker) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("name", worker.getName());
    fields.put("state", worker.getState());
    fields.put("detail", worker.getDetail());
    return fields;
  }
}
