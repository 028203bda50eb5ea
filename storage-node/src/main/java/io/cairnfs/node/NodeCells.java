package io.cairnfs.node;

import io.cairnfs.dht.Locator;
import io.cairnfs.dht.record.NodeRecord;
import io.cairnfs.dht.record.NodeRole;
import io.cairnfs.node.cell.CellKeeper;
import io.cairnfs.node.cell.CellService;
import io.cairnfs.node.cell.CellStart;
import io.cairnfs.node.cell.Cells;
import io.cairnfs.node.cell.NoCells;
import io.cairnfs.node.cell.VolumeMover;
import io.cairnfs.node.config.HeadSettings;
import io.cairnfs.node.config.NodeConfig;
import io.cairnfs.node.head.HostedHeads;
import io.cairnfs.node.worker.Workers;
import io.cairnfs.protocol.identity.NodeId;
import io.cairnfs.protocol.transport.Peer;
import io.cairnfs.protocol.transport.Transport;
import java.io.IOException;
import java.nio.file.Files;
import org.jspecify.annotations.Nullable;

/** The heads of a node as its configuration wants them: with cells, or all of them its own. */
final class NodeCells implements AutoCloseable {

  private final HostedHeads heads;
  private final @Nullable Cells cells;
  private final @Nullable CellKeeper keeper;
  private final VolumeMover mover;

  private NodeCells(
      HostedHeads heads, @Nullable Cells cells, @Nullable CellKeeper keeper, VolumeMover mover) {
    this.heads = heads;
    this.cells = cells;
    this.keeper = keeper;
    this.mover = mover;
  }

  /** Registers what is asked about cells; the transport does not listen yet. */
  static NodeCells open(
      NodeConfig config, NodeStorage storage, Transport transport, Membership membership)
      throws IOException {
    Locator locator = membership.locator();
    if (!config.roles().contains(NodeRole.VOTES)
        || config.heads().place() == HeadSettings.Place.JOURNAL) {
      NoCells.register(transport);
      HostedHeads alone = HostedHeads.only(storage.hosted());
      return new NodeCells(
          alone, null, null, VolumeMover.open(transport, locator, membership.cells(), alone));
    }
    Cells cells =
        Cells.open(
            storage.directory().cells(),
            storage.hosted(),
            transport,
            node -> find(locator, node),
            storage::cellBodies);
    CellService.register(transport, cells, membership.cells(), locator, storage.identity());
    CellKeeper keeper =
        new CellKeeper(
            cells,
            membership.cells(),
            transport,
            locator,
            storage.identity(),
            start(config),
            config.heads().voterGrace());
    return new NodeCells(
        cells, cells, keeper, VolumeMover.open(transport, locator, membership.cells(), cells));
  }

  private static CellStart start(NodeConfig config) {
    if (!config.foundsCluster()) {
      return CellStart.JOINER;
    }
    return Files.exists(DhtMembership.book(config)) ? CellStart.BEGINNER : CellStart.FIRST;
  }

  private static @Nullable Peer find(Locator locator, NodeId node) {
    return locator.known().stream()
        .filter(known -> known.id().equals(node))
        .findFirst()
        .map(NodeRecord::peer)
        .orElse(null);
  }

  HostedHeads heads() {
    return heads;
  }

  /** Whether volumes of this node can be in cells. */
  boolean takesPart() {
    return cells != null;
  }

  /** In how many cells this node votes. */
  int votes() {
    return cells == null ? 0 : cells.votes();
  }

  /** Takes part in cells, now that others can be reached. */
  void start(Workers workers) throws IOException {
    if (cells != null && keeper != null) {
      cells.start();
      workers.start(keeper);
    }
    workers.start(mover);
  }

  @Override
  public void close() throws IOException {
    if (cells != null) {
      cells.close();
    }
  }
}
