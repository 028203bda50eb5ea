package io.cairnfs.node;

import io.cairnfs.node.head.CellHeads;
import io.cairnfs.node.head.HeadEngine;
import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.head.VolumeInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** What besides blocks binds a node to its cluster. */
final class Departure {

  private final CellHeads alone;
  private final NodeCells cells;

  /**
   * @param alone the heads of which this node is the only voter
   */
  Departure(CellHeads alone, NodeCells cells) {
    this.alone = alone;
    this.cells = cells;
  }

  /** Why the node cannot leave, whatever becomes of its blocks; empty if it can. */
  String veto() {
    List<VolumeInfo> volumes = volumes();
    if (volumes.isEmpty() || cells.takesPart()) {
      return "";
    }
    return "it is the only voter of the volumes "
        + names(volumes)
        + ", which would end with it: let the nodes form cells (heads = \"cells\"), or move each to"
        + " another cluster with 'cairn volume send' and 'receive'";
  }

  /** What has to go elsewhere before the node may leave, a line each. */
  List<String> obstacles() {
    List<String> obstacles = new ArrayList<>();
    List<VolumeInfo> volumes = volumes();
    if (!volumes.isEmpty()) {
      obstacles.add("it is the only voter of the volumes " + names(volumes));
    }
    int votes = cells.votes();
    if (votes > 0) {
      obstacles.add(
          (votes == 1 ? "it votes in 1 cell" : "it votes in " + votes + " cells")
              + ": their leaders give its places to other nodes as soon as there are any");
    }
    return obstacles;
  }

  private List<VolumeInfo> volumes() {
    HeadEngine engine = alone.engine();
    try {
      return engine.peek(machine -> machine.list(engine.nowMillis()));
    } catch (HeadException e) {
      return List.of(); // the journal has failed, which the status says
    }
  }

  private static String names(List<VolumeInfo> volumes) {
    return volumes.stream()
        .map(volume -> volume.founding().name())
        .collect(Collectors.joining(", "));
  }
}
