package io.cairnfs.client.cli;

import io.cairnfs.protocol.admin.message.NodeStatusReply;
import io.cairnfs.protocol.admin.message.StoreStatus;
import io.cairnfs.protocol.head.Founding;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/** The verdict over what the nodes of a cluster say, and its sums. */
record ClusterHealth(List<ClusterSurvey.NodeReport> nodes, List<Founding> headless) {

  ClusterHealth(ClusterSurvey.Result survey) {
    this(survey.nodes(), survey.headless());
  }

  /** Every node is up and complains of nothing, no replica is missing, and every head answers. */
  boolean isWhole() {
    return headless.isEmpty()
        && underReplicated() == 0
        && nodesUp() == nodes.size()
        && answers().allMatch(status -> status.getProblemCount() == 0);
  }

  private Stream<NodeStatusReply> answers() {
    return nodes.stream().map(ClusterSurvey.NodeReport::status).filter(Objects::nonNull);
  }

  long nodesUp() {
    return answers().count();
  }

  long underReplicated() {
    return answers().mapToLong(NodeStatusReply::getUnderReplicated).sum();
  }

  long quarantined() {
    return sum(StoreStatus::getQuarantined);
  }

  long garbageBlocks() {
    return sum(StoreStatus::getGarbageBlocks);
  }

  long garbageBytes() {
    return sum(StoreStatus::getGarbageBytes);
  }

  private long sum(ToLongFunction<StoreStatus> figure) {
    return answers().map(NodeStatusReply::getStore).mapToLong(figure).sum();
  }

  /** In how many seconds no replica is missing; empty if a node cannot say. */
  OptionalLong secondsLeft() {
    return answers().allMatch(NodeStatusReply::hasUnderReplicatedEtaSeconds)
        ? answers().mapToLong(NodeStatusReply::getUnderReplicatedEtaSeconds).max()
        : OptionalLong.empty();
  }
}
