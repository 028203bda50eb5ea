package io.cairnfs.client.cli;

import io.cairnfs.protocol.admin.StatusFields;
import io.cairnfs.protocol.admin.message.NodeStatusReply;
import io.cairnfs.protocol.admin.message.PeerStatus;
import io.cairnfs.protocol.admin.message.ScrubPass;
import io.cairnfs.protocol.admin.message.ScrubStatus;
import io.cairnfs.protocol.admin.message.StoreStatus;
import io.cairnfs.protocol.admin.message.WorkerStatus;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
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
    answer(text(status), StatusFields.of(status));
    return status.getProblemCount() == 0 ? ExitCode.OK : ExitCode.PARTIAL;
  }

  private static String text(NodeStatusReply status) {
    StoreStatus store = status.getStore();
    StringBuilder text = new StringBuilder();
    line(text, "node", status.getId());
    line(text, "version", status.getVersion());
    line(text, "up", WorkerText.span(status.getUptimeMillis() / 1000));
    line(text, "state", status.getState());
    line(text, "addresses", String.join(" ", status.getAddressList()));
    if (!status.getZone().isEmpty()) {
      line(text, "zone", status.getZone());
    }
    line(text, "blocks", store.getBlocks() + ", " + Sizes.format(store.getBytes()));
    line(
        text,
        "free",
        Sizes.format(store.getFreeBytes()) + " of " + Sizes.format(store.getCapacityBytes()));
    line(text, "garbage", store.getGarbageBlocks() + ", " + Sizes.format(store.getGarbageBytes()));
    line(text, "volumes", Integer.toString(status.getVolumes()));
    line(text, "under-replicated", Long.toString(status.getUnderReplicated()));
    line(text, "quarantined", Long.toString(store.getQuarantined()));
    if (status.hasScrub()) {
      line(text, "scrub", scrub(status.getScrub()));
    }
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
      line(text, worker.getName(), WorkerText.line(worker));
    }
    status.getProblemList().forEach(problem -> line(text, "PROBLEM", problem));
    return text.toString().stripTrailing();
  }

  private static String scrub(ScrubStatus scrub) {
    String last =
        scrub.hasComplete()
            ? "the last complete pass ended "
                + Instant.ofEpochMilli(scrub.getCompleteMillis()).truncatedTo(ChronoUnit.SECONDS)
                + ": "
                + pass(scrub.getComplete())
            : "no pass is complete yet";
    return scrub.getRunning()
        ? scrub.getPositionPercent() + " %, " + pass(scrub.getPass()) + "; " + last
        : last;
  }

  private static String pass(ScrubPass pass) {
    return pass.getBlocks()
        + " blocks, "
        + Sizes.format(pass.getBytes())
        + ", "
        + pass.getDamaged()
        + " damaged";
  }

  private static void line(StringBuilder text, String name, String value) {
    text.append(String.format("%-17s %s%n", name, value));
  }
}
