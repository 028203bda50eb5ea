package io.cairnfs.client.cli;

import io.cairnfs.protocol.admin.message.NodeStatusReply;
import io.cairnfs.protocol.admin.message.PeerStatus;
import io.cairnfs.protocol.transport.Peer;
import io.cairnfs.protocol.transport.WireException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * {@code cairn status}: the whole cluster on one screen. Exits with 0 if it is whole, otherwise
 * with 3.
 */
@Command(
    name = "status",
    description = "Show the cluster's nodes and whether every block has its replicas; 3 if not.",
    footer = {"", "Example:", "  cairn status --node localhost:7440 --token-file token"})
final class StatusVerb extends Verb {

  @Mixin private AccessOptions access = new AccessOptions();

  /**
   * A node and how it is.
   *
   * @param id 64 hexadecimal digits
   * @param address one of them, for people
   * @param status null if it did not answer
   */
  private record Report(String id, String address, @Nullable NodeStatusReply status) {

    /** Up, answers, and complains of nothing. */
    boolean isWhole() {
      return status != null && status.getUnderReplicated() == 0 && status.getProblemCount() == 0;
    }
  }

  @Override
  public Integer call() throws CommandException, IOException, InterruptedException {
    ClusterAccess cluster = access.resolve();
    List<Report> reports;
    try (Connector.Connection connection = root().connector().connect(cluster)) {
      reports = ask(connection);
    }
    List<MountRecord> mounts = new MountRecords(ClientPaths.ofThisUser().mounts()).running();
    boolean whole = reports.stream().allMatch(Report::isWhole);
    answer(text(reports, mounts, whole), fields(reports, mounts, whole));
    return whole ? ExitCode.OK : ExitCode.PARTIAL;
  }

  /** Asks one node, then each that it knows. */
  private static List<Report> ask(Connector.Connection connection)
      throws WireException, InterruptedException {
    NodeStatusReply first = new NodeClient(connection.transport(), connection.node()).status();
    List<Report> reports = new ArrayList<>();
    reports.add(new Report(first.getId(), String.join(" ", first.getAddressList()), first));
    for (PeerStatus peer : first.getPeerList()) {
      reports.add(
          new Report(peer.getId(), String.join(" ", peer.getAddressList()), ask(connection, peer)));
    }
    return reports;
  }

  private static @Nullable NodeStatusReply ask(Connector.Connection connection, PeerStatus peer)
      throws InterruptedException {
    if (!peer.getAlive()) {
      return null;
    }
    try {
      Peer target = NettyConnector.peer(peer.getId(), peer.getAddressList());
      return new NodeClient(connection.transport(), target).status();
    } catch (WireException | CommandException e) {
      return null; // shown as down
    }
  }

  private static String text(List<Report> reports, List<MountRecord> mounts, boolean whole) {
    StringBuilder text = new StringBuilder();
    for (Report report : reports) {
      NodeStatusReply status = report.status();
      text.append(
          String.format(
              "%-4s  %s  %s",
              status == null ? "DOWN" : "up", shortId(report.id()), report.address()));
      if (status != null) {
        text.append(
            String.format(
                "  %d blocks, %s, %s free",
                status.getStore().getBlocks(),
                Sizes.format(status.getStore().getBytes()),
                Sizes.format(status.getStore().getFreeBytes())));
        if (status.getUnderReplicated() > 0) {
          text.append(", ").append(status.getUnderReplicated()).append(" under-replicated");
        }
      }
      text.append(System.lineSeparator());
      if (status != null) {
        status
            .getProblemList()
            .forEach(
                problem ->
                    text.append("      PROBLEM  ").append(problem).append(System.lineSeparator()));
      }
    }
    for (MountRecord mount : mounts) {
      text.append(
          String.format(
              "mount %s on %s, process %d%n",
              mount.volume(), mount.directory(), mount.process().pid()));
    }
    return text.append(summary(reports, whole)).toString();
  }

  private static String summary(List<Report> reports, boolean whole) {
    long up = reports.stream().filter(report -> report.status() != null).count();
    return (whole ? "whole" : "NOT WHOLE")
        + ": "
        + up
        + " of "
        + reports.size()
        + " nodes up, "
        + underReplicated(reports)
        + " blocks under-replicated";
  }

  private static long underReplicated(List<Report> reports) {
    long total = 0;
    for (Report report : reports) {
      NodeStatusReply status = report.status();
      total += status == null ? 0 : status.getUnderReplicated();
    }
    return total;
  }

  private static Map<String, Object> fields(
      List<Report> reports, List<MountRecord> mounts, boolean whole) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("whole", whole);
    fields.put("underReplicated", underReplicated(reports));
    fields.put("nodes", reports.stream().map(StatusVerb::fields).toList());
    fields.put(
        "mounts",
        mounts.stream()
            .map(
                mount ->
                    Map.of(
                        "volume", mount.volume(),
                        "directory", mount.directory().toString(),
                        "pid", mount.process().pid()))
            .toList());
    return fields;
  }

  private static Map<String, Object> fields(Report report) {
    Map<String, Object> fields = new LinkedHashMap<>();
    NodeStatusReply status = report.status();
    fields.put("id", report.id());
    fields.put("addresses", report.address());
    fields.put("up", status != null);
    if (status != null) {
      fields.put("blocks", status.getStore().getBlocks());
      fields.put("bytes", status.getStore().getBytes());
      fields.put("freeBytes", status.getStore().getFreeBytes());
      fields.put("volumes", status.getVolumes());
      fields.put("underReplicated", status.getUnderReplicated());
      fields.put("problems", status.getProblemList());
    }
    return fields;
  }

  /** Enough to tell the nodes of a cluster apart. */
  private static String shortId(String id) {
    return id.length() > 12 ? id.substring(0, 12) : id;
  }
}
