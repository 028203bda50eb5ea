package io.cairnfs.node.cell;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import io.cairnfs.dht.Locator;
import io.cairnfs.dht.record.NodeRecord;
import io.cairnfs.dht.record.NodeRole;
import io.cairnfs.dht.record.NodeState;
import io.cairnfs.protocol.cell.CellId;
import io.cairnfs.protocol.cell.CellLimits;
import io.cairnfs.protocol.cell.CellMembers;
import io.cairnfs.protocol.cell.CellMethods;
import io.cairnfs.protocol.cell.message.ConfirmRequest;
import io.cairnfs.protocol.cell.message.JoinRequest;
import io.cairnfs.protocol.cell.message.ListCellsReply;
import io.cairnfs.protocol.cell.message.ListCellsRequest;
import io.cairnfs.protocol.cell.message.MemberSignature;
import io.cairnfs.protocol.identity.Identity;
import io.cairnfs.protocol.identity.NodeId;
import io.cairnfs.protocol.transport.Envelope;
import io.cairnfs.protocol.transport.Method;
import io.cairnfs.protocol.transport.Transport;
import io.cairnfs.protocol.transport.WireException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The other nodes that vote, and what they are asked about cells. Thread-safe. */
final class CellPeers {

  private static final Logger LOG = LoggerFactory.getLogger(CellPeers.class);

  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  /** So many of the closest nodes are asked whether they can be members. */
  private static final int MAX_CANDIDATES = 20;

  private final Transport transport;
  private final Locator locator;

  CellPeers(Transport transport, Locator locator) {
    this.transport = transport;
    this.locator = locator;
  }

  /**
   * A node that could be a member.
   *
   * @param cells those that it is in
   */
  record Candidate(NodeRecord node, List<CellId> cells) {

    boolean hasRoom() {
      return cells.size() < CellLimits.MAX_CELLS_PER_NODE;
    }

    ByteString key() {
      return node.publicKey();
    }
  }

  /**
   * The closest nodes that vote, answer and take part in cells, those in the fewest cells first.
   */
  List<Candidate> candidates() throws InterruptedException {
    List<NodeRecord> closest =
        locator.known().stream()
            .filter(node -> !node.id().equals(transport.self()))
            .filter(node -> node.has(NodeRole.VOTES) && node.state() == NodeState.ACTIVE)
            .filter(node -> locator.isUp(node.id()))
            .sorted((a, b) -> transport.self().key().compareDistance(a.id().key(), b.id().key()))
            .limit(MAX_CANDIDATES)
            .toList();
    List<Candidate> candidates = new ArrayList<>();
    for (NodeRecord node : closest) {
      Optional<ListCellsReply> reply =
          ask(node, CellMethods.LIST, ListCellsRequest.getDefaultInstance());
      if (reply.isPresent() && reply.get().getFormsCells()) {
        candidates.add(
            new Candidate(
                node,
                reply.get().getCellList().stream()
                    .map(cell -> CellService.decode(cell.getCell()))
                    .toList()));
      }
    }
    candidates.sort(Comparator.comparingInt(candidate -> candidate.cells().size()));
    return candidates;
  }

  boolean isUp(NodeId node) {
    return node.equals(transport.self()) || locator.isUp(node);
  }

  /** Whether a node, this one perhaps, has said that it is about to leave the cluster. */
  boolean isLeaving(NodeId node) {
    return find(node).filter(known -> known.state() != NodeState.ACTIVE).isPresent();
  }

  Optional<NodeRecord> find(NodeId id) {
    return locator.known().stream().filter(node -> node.id().equals(id)).findFirst();
  }

  /** Returns whether the node is in the cell now, waiting to be taken in. */
  boolean join(NodeRecord node, CellId cell) throws InterruptedException {
    JoinRequest request = JoinRequest.newBuilder().setCell(CellService.encode(cell)).build();
    return ask(node, CellMethods.JOIN, request).isPresent();
  }

  /** Asks a founder to join, and for its signature. */
  Optional<MemberSignature> sign(NodeRecord node, JoinRequest request) throws InterruptedException {
    return ask(node, CellMethods.JOIN, request)
        .map(reply -> signature(node.publicKey(), reply.getSignature()));
  }

  /** Asks a member for its signature. */
  Optional<MemberSignature> sign(NodeRecord node, ConfirmRequest request)
      throws InterruptedException {
    return ask(node, CellMethods.CONFIRM, request)
        .map(reply -> signature(node.publicKey(), reply.getSignature()));
  }

  /** This node's own signature. */
  static MemberSignature own(Identity self, CellId cell, long epoch, List<ByteString> keys) {
    return signature(
        ByteString.copyFrom(self.publicKey()),
        ByteString.copyFrom(self.sign(CellMembers.statement(cell, epoch, keys))));
  }

  private static MemberSignature signature(ByteString key, ByteString signature) {
    return MemberSignature.newBuilder().setKey(key).setSignature(signature).build();
  }

  private <Q extends MessageLite, R extends MessageLite> Optional<R> ask(
      NodeRecord node, Method<Q, R> method, Q request) throws InterruptedException {
    try {
      return Optional.of(
          transport.request(node.peer(), method, Envelope.of(request), TIMEOUT).message());
    } catch (WireException e) {
      LOG.debug("{} did not answer {}: {}", node.id(), method, e.getMessage());
      return Optional.empty();
    }
  }
}
