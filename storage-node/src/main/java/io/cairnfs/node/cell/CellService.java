package io.cairnfs.node.cell;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import io.cairnfs.dht.Locator;
import io.cairnfs.dht.record.NodeRecord;
import io.cairnfs.dht.record.NodeState;
import io.cairnfs.protocol.cell.CellId;
import io.cairnfs.protocol.cell.CellLimits;
import io.cairnfs.protocol.cell.CellMembers;
import io.cairnfs.protocol.cell.CellMethods;
import io.cairnfs.protocol.cell.CellRecord;
import io.cairnfs.protocol.cell.message.CellDescription;
import io.cairnfs.protocol.cell.message.CellHistory;
import io.cairnfs.protocol.cell.message.ConfirmReply;
import io.cairnfs.protocol.cell.message.ConfirmRequest;
import io.cairnfs.protocol.cell.message.FoundCellReply;
import io.cairnfs.protocol.cell.message.FoundCellRequest;
import io.cairnfs.protocol.cell.message.JoinReply;
import io.cairnfs.protocol.cell.message.JoinRequest;
import io.cairnfs.protocol.cell.message.ListCellsReply;
import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.head.HeadLimits;
import io.cairnfs.protocol.identity.Identity;
import io.cairnfs.protocol.identity.Key256;
import io.cairnfs.protocol.identity.NodeId;
import io.cairnfs.protocol.transport.Caller;
import io.cairnfs.protocol.transport.Envelope;
import io.cairnfs.protocol.transport.Handler;
import io.cairnfs.protocol.transport.Method;
import io.cairnfs.protocol.transport.Transport;
import io.cairnfs.protocol.transport.WireError;
import io.cairnfs.protocol.transport.WireException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** What a node answers about the cells that it is in, or is asked to be in. */
public final class CellService {

  /** To learn who the members of a cell are. */
  private static final Duration FIND = Duration.ofSeconds(3);

  private final Cells cells;
  private final CellDirectory directory;
  private final Locator locator;
  private final Identity self;

  private CellService(Cells cells, CellDirectory directory, Locator locator, Identity self) {
    this.cells = cells;
    this.directory = directory;
    this.locator = locator;
    this.self = self;
  }

  /** Registers the methods on a transport, before it listens. */
  public static void register(
      Transport transport, Cells cells, CellDirectory directory, Locator locator, Identity self) {
    CellService service = new CellService(cells, directory, locator, self);
    handle(transport, CellMethods.LIST, (caller, request) -> service.list());
    handle(transport, CellMethods.JOIN, service::join);
    handle(transport, CellMethods.CONFIRM, service::confirm);
    handle(transport, CellMethods.FOUND, (caller, request) -> service.found(request));
  }

  /** Answers one method. */
  @FunctionalInterface
  private interface Answer<Q, R> {
    R of(Caller caller, Q request) throws IOException, InterruptedException;
  }

  private static <Q extends MessageLite, R extends MessageLite> void handle(
      Transport transport, Method<Q, R> method, Answer<Q, R> answer) {
    Handler<Q, R> handler =
        (caller, request, timeout) -> {
          try {
            return Envelope.of(answer.of(caller, request.message()));
          } catch (WireException e) {
            throw e;
          } catch (IOException e) {
            throw new WireException(WireError.INTERNAL, String.valueOf(e.getMessage()), e);
          } catch (IllegalArgumentException e) {
            throw new WireException(WireError.MALFORMED, String.valueOf(e.getMessage()), e);
          }
        };
    transport.handle(method, handler);
  }

  private ListCellsReply list() throws HeadException, IOException {
    ListCellsReply.Builder reply = ListCellsReply.newBuilder().setFormsCells(true);
    for (HostedCell cell : cells.hosted()) {
      int volumes = cell.hosted().heads().engine().peek(machine -> machine.size());
      CellDescription.Builder description =
          reply
              .addCellBuilder()
              .setCell(encode(cell.id()))
              .setVolumes(volumes)
              .setHasRoom(volumes < HeadLimits.MAX_VOLUMES)
              .setPublished(cell.record() != null);
      for (NodeId member : cells.voter().members(cell.id())) {
        description.addMember(ByteString.copyFrom(member.key().toBytes()));
      }
    }
    return reply.build();
  }

  static ByteString encode(CellId cell) {
    return ByteString.copyFrom(cell.key().toBytes());
  }

  static CellId decode(ByteString cell) {
    return new CellId(Key256.of(cell.toByteArray()));
  }

  private JoinReply join(Caller caller, JoinRequest request)
      throws IOException, InterruptedException {
    CellId cell = decode(request.getCell());
    if (!request.hasFounding()) {
      requireMember(cell, caller.id());
      enter(cell, CellHistory.getDefaultInstance());
      return JoinReply.getDefaultInstance();
    }
    CellHistory founding = request.getFounding();
    if (founding.getMembershipCount() != 1 || !CellMembers.idOf(founding).equals(cell)) {
      throw new WireException(WireError.REFUSED, "this is not the founding of cell " + cell);
    }
    List<ByteString> keys = founding.getMembership(0).getMemberList();
    CellMembers.check(keys);
    List<NodeId> members = keys.stream().map(key -> NodeId.ofPublicKey(key.toByteArray())).toList();
    if (!members.contains(self.id()) || !members.contains(caller.id())) {
      throw new WireException(WireError.REFUSED, "not both of us would be members");
    }
    enter(cell, founding);
    return JoinReply.newBuilder().setSignature(sign(cell, 1, keys)).build();
  }

  private void requireMember(CellId cell, NodeId node) throws WireException, InterruptedException {
    Optional<CellRecord> record = directory.find(cell, FIND);
    if (record.isEmpty() || !record.get().members().contains(node)) {
      throw new WireException(WireError.REFUSED, node + " is not known to be in cell " + cell);
    }
  }

  private void enter(CellId cell, CellHistory founding) throws IOException {
    requireStaying(self.id());
    if (cells.join(cell, founding) == null) {
      throw full();
    }
  }

  private ByteString sign(CellId cell, long epoch, List<ByteString> keys) {
    return ByteString.copyFrom(self.sign(CellMembers.statement(cell, epoch, keys)));
  }

  /** Begins a cell of nodes that somebody chose, unless there is one; one after the other. */
  private synchronized FoundCellReply found(FoundCellRequest request) throws IOException {
    Set<NodeId> members =
        request.getMemberList().stream()
            .map(member -> new NodeId(Key256.of(member.toByteArray())))
            .collect(Collectors.toSet());
    if (!members.contains(self.id()) || members.size() > CellLimits.MEMBERS) {
      throw new WireException(
          WireError.REFUSED,
          "a node founds cells that it is in, of at most " + CellLimits.MEMBERS + " nodes");
    }
    for (HostedCell cell : cells.hosted()) {
      if (Set.copyOf(cells.voter().members(cell.id())).equals(members)) {
        return FoundCellReply.newBuilder().setCell(encode(cell.id())).build();
      }
    }
    List<ByteString> others = new ArrayList<>();
    for (NodeId member : members) {
      requireStaying(member);
      if (!member.equals(self.id())) {
        others.add(keyOf(member));
      }
    }
    HostedCell founded = CellFounder.found(cells, self, others);
    if (founded == null) {
      throw full();
    }
    return FoundCellReply.newBuilder().setCell(encode(founded.id())).build();
  }

  private void requireStaying(NodeId node) throws WireException {
    boolean leaving =
        locator.known().stream()
            .anyMatch(known -> known.id().equals(node) && known.state() != NodeState.ACTIVE);
    if (leaving) {
      throw new WireException(WireError.REFUSED, node + " is about to leave the cluster");
    }
  }

  private ByteString keyOf(NodeId node) throws WireException {
    return locator.known().stream()
        .filter(known -> known.id().equals(node) && locator.isUp(node))
        .findFirst()
        .map(NodeRecord::publicKey)
        .orElseThrow(() -> new WireException(WireError.REFUSED, node + " is not known to be up"));
  }

  private static WireException full() {
    return new WireException(
        WireError.REFUSED, "this node is in " + CellLimits.MAX_CELLS_PER_NODE + " cells already");
  }

  /** Signs what the leader says, if this voter's own log says the same. */
  private ConfirmReply confirm(Caller caller, ConfirmRequest request) throws IOException {
    CellId id = decode(request.getCell());
    HostedCell cell = cells.get(id);
    if (cell == null) {
      throw new WireException(WireError.NOT_FOUND, "this node is not in cell " + id);
    }
    CellMembers.check(request.getMemberList());
    List<NodeId> members =
        request.getMemberList().stream()
            .map(key -> NodeId.ofPublicKey(key.toByteArray()))
            .sorted()
            .toList();
    boolean same =
        cells.voter().isLeader(id, caller.id()) && cells.voter().members(id).equals(members);
    CellRecord record = cell.record();
    if (!same || record == null || request.getEpoch() != record.epoch() + 1) {
      throw new WireException(WireError.REFUSED, "these are not the members that are known here");
    }
    return ConfirmReply.newBuilder()
        .setSignature(sign(id, request.getEpoch(), request.getMemberList()))
        .build();
  }
}
