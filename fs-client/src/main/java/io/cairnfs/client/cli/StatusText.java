package io.cairnfs.client.cli;

import io.cairnfs.protocol.admin.message.NodeStatusReply;
import io.cairnfs.protocol.admin.message.WorkerStatus;
import io.cairnfs.protocol.head.Founding;
import java.util.List;
import java.util.Locale;

/**
 * The state of a cluster as people read it: one line a node, then what is wrong, the verdict last.
 */
final class StatusText {

  /** Enough to tell the nodes of a cluster apart. */
  private static final int ID_DIGITS = 12;

  private static final String ACTIVE = "ACTIVE";

  private final StringBuilder text = new StringBuilder();

  private StatusText() {}

  static String of(ClusterHealth health, List<MountRecord> mounts) {
    StatusText status = new StatusText();
    health.nodes().forEach(status::node);
    for (MountRecord mount : mounts) {
      status.line(
          String.format(
              "mount %s on %s, process %d",
              mount.volume(), mount.directory(), mount.process().pid()));
    }
    status.work(health);
    status.wrongs(health);
    status.line(
        String.format(
            "%s: %d of %d nodes up, %d blocks under-replicated",
            health.isWhole() ? "whole" : "NOT WHOLE",
            health.nodesUp(),
            health.nodes().size(),
            health.underReplicated()));
    return status.text.toString().stripTrailing();
  }

  private void line(String line) {
    text.append(line).append(System.lineSeparator());
  }

  private void node(ClusterSurvey.NodeReport node) {
    NodeStatusReply status = node.status();
    String where = shortId(node.id()) + "  " + String.join(" ", node.addresses());
    if (status == null) {
      line(String.format("%-8s  %s", "DOWN", where));
      return;
    }
    line(
        String.format(
            "%-8s  %s  %d blocks, %s, %s free%s",
            word(node, status),
            where,
            status.getStore().getBlocks(),
            Sizes.format(status.getStore().getBytes()),
            Sizes.format(status.getStore().getFreeBytes()),
            status.getUnderReplicated() > 0
                ? ", " + status.getUnderReplicated() + " under-replicated"
                : ""));
    status
        .getProblemList()
        .forEach(problem -> line(String.format("          PROBLEM  %s", problem)));
  }

  private static String word(ClusterSurvey.NodeReport node, NodeStatusReply status) {
    if (!node.state().equals(ACTIVE) && !node.state().isEmpty()) {
      return node.state().toLowerCase(Locale.ROOT);
    }
    return status.getStore().getWritable() ? "up" : "FULL";
  }

  /** Background jobs that have something left, or were told to rest. */
  private void work(ClusterHealth health) {
    for (ClusterSurvey.NodeReport node : health.nodes()) {
      NodeStatusReply status = node.status();
      if (status != null) {
        for (WorkerStatus worker : status.getWorkerList()) {
          if (worker.getLeft() > 0 || worker.getState().equals("PAUSED")) {
            line(
                String.format(
                    "%s on %s: %s", worker.getName(), shortId(node.id()), WorkerText.line(worker)));
          }
        }
      }
    }
  }

  private void wrongs(ClusterHealth health) {
    if (health.garbageBlocks() > 0) {
      line(
          String.format(
              "garbage: %d blocks, %s, until the end of their grace",
              health.garbageBlocks(), Sizes.format(health.garbageBytes())));
    }
    if (health.quarantined() > 0) {
      line(String.format("%d damaged blocks are in quarantine", health.quarantined()));
    }
    for (Founding volume : health.headless()) {
      line(
          String.format(
              "no head of volume '%s' answers: %s; start the nodes that host it, or see cairn"
                  + " volume recover --help if they are lost",
              volume.name(), volume.volume()));
    }
    if (health.underReplicated() > 0) {
      line(
          String.format(
              "%d replicas are missing or not confirmed; %s",
              health.underReplicated(),
              health.secondsLeft().isPresent()
                  ? "at the rate of the last minute all are there in about "
                      + WorkerText.span(health.secondsLeft().getAsLong())
                  : "nothing comes back at the moment, so it cannot be said how long it will"
                      + " take"));
    }
  }

  private static String shortId(String id) {
    return id.length() > ID_DIGITS ? id.substring(0, ID_DIGITS) : id;
  }
}
