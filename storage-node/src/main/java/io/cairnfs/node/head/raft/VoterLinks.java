package io.cairnfs.node.head.raft;

import io.cairnfs.protocol.cell.CellMethods;
import io.cairnfs.protocol.cell.message.ConsensusMessage;
import io.cairnfs.protocol.identity.NodeId;
import io.cairnfs.protocol.transport.Caller;
import io.cairnfs.protocol.transport.Envelope;
import io.cairnfs.protocol.transport.Method;
import io.cairnfs.protocol.transport.Peer;
import io.cairnfs.protocol.transport.Transport;
import io.cairnfs.protocol.transport.WireError;
import io.cairnfs.protocol.transport.WireException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionRequestProto;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftConfiguration;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.thirdparty.com.google.protobuf.InvalidProtocolBufferException;
import org.apache.ratis.thirdparty.com.google.protobuf.MessageLite;
import org.apache.ratis.thirdparty.com.google.protobuf.Parser;
import org.apache.ratis.util.ProtoUtils;
import org.jspecify.annotations.Nullable;

/**
 * The way from this voter to the others and back: Ratis' messages as bodies of Cairn's methods.
 * Thread-safe.
 */
final class VoterLinks {

  private static final Envelope<ConsensusMessage> NOTHING =
      Envelope.of(ConsensusMessage.getDefaultInstance());

  /** Answers a message of Ratis. */
  @FunctionalInterface
  private interface Answer<Q> {
    MessageLite of(RaftServer server, Q request) throws IOException;
  }

  private final Transport transport;
  private final PeerFinder peers;
  private final Duration timeout;
  private volatile @Nullable RaftServer server;

  /**
   * Registers the methods, before the transport listens.
   *
   * @param timeout for one call
   */
  VoterLinks(Transport transport, PeerFinder peers, Duration timeout) {
    this.transport = transport;
    this.peers = peers;
    this.timeout = timeout;
    handle(
        CellMethods.REQUEST_VOTE,
        RequestVoteRequestProto.parser(),
        RequestVoteRequestProto::getServerRequest,
        RaftServer::requestVote);
    handle(
        CellMethods.APPEND_ENTRIES,
        AppendEntriesRequestProto.parser(),
        AppendEntriesRequestProto::getServerRequest,
        RaftServer::appendEntries);
    handle(
        CellMethods.INSTALL_SNAPSHOT,
        InstallSnapshotRequestProto.parser(),
        InstallSnapshotRequestProto::getServerRequest,
        RaftServer::installSnapshot);
    handle(
        CellMethods.START_ELECTION,
        StartLeaderElectionRequestProto.parser(),
        StartLeaderElectionRequestProto::getServerRequest,
        RaftServer::startLeaderElection);
  }

  /** Answers by a server from now on. */
  void serve(RaftServer newServer) {
    server = newServer;
  }

  private <Q> void handle(
      Method<ConsensusMessage, ConsensusMessage> method,
      Parser<Q> parser,
      Function<Q, RaftRpcRequestProto> header,
      Answer<Q> answer) {
    transport.handle(
        method,
        (caller, request, callTimeout) -> {
          Q message = parse(parser, request.bodies());
          RaftServer current = server;
          if (current == null) {
            throw new WireException(WireError.BUSY, "the voter is starting");
          }
          admit(caller, current, header.apply(message));
          try {
            return enclose(answer.of(current, message));
          } catch (IOException e) {
            throw new WireException(WireError.BUSY, String.valueOf(e.getMessage()), e);
          }
        });
  }

  /** Only voters of a cell take part in it, each in its own name. */
  private void admit(Caller caller, RaftServer current, RaftRpcRequestProto header)
      throws WireException {
    String requestor = RaftPeerId.valueOf(header.getRequestorId()).toString();
    if (!requestor.equals(caller.id().toString())
        || !isVoter(current, ProtoUtils.toRaftGroupId(header.getRaftGroupId()), caller.id())) {
      throw new WireException(WireError.REFUSED, caller.id() + " is no voter of this cell");
    }
  }

  /**
   * Whether a node is in this voter's configuration. While it has none, because it has just been
   * asked to join, whoever knows the cell may bring it one.
   */
  private static boolean isVoter(RaftServer current, RaftGroupId cell, NodeId node)
      throws WireException {
    try {
      RaftConfiguration configuration = current.getDivision(cell).getRaftConf();
      return configuration.getAllPeers().isEmpty()
          || configuration.getPeer(RaftPeerId.valueOf(node.toString())) != null;
    } catch (IOException e) {
      throw new WireException(WireError.NOT_FOUND, "there is no such cell here", e);
    }
  }

  private static <Q> Q parse(Parser<Q> parser, List<byte[]> bodies) throws WireException {
    try {
      return parser.parseFrom(bodies.isEmpty() ? new byte[0] : bodies.getFirst());
    } catch (InvalidProtocolBufferException e) {
      throw new WireException(WireError.MALFORMED, String.valueOf(e.getMessage()), e);
    }
  }

  private static Envelope<ConsensusMessage> enclose(MessageLite message) {
    return new Envelope<>(NOTHING.message(), List.of(message.toByteArray()));
  }

  /**
   * Calls another voter and waits for its answer.
   *
   * @throws IOException if there was none
   */
  <R> R call(
      Method<ConsensusMessage, ConsensusMessage> method,
      RaftRpcRequestProto header,
      MessageLite request,
      Parser<R> parser)
      throws IOException {
    NodeId id = NodeId.parse(RaftPeerId.valueOf(header.getReplyId()).toString());
    Peer peer = peers.find(id);
    if (peer == null) {
      throw new IOException("nobody knows where " + id + " is");
    }
    try {
      return parse(parser, transport.request(peer, method, enclose(request), timeout).bodies());
    } catch (WireException e) {
      throw new IOException(id + " did not answer " + method + ": " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw (IOException)
          new InterruptedIOException("interrupted while " + id + " was asked").initCause(e);
    }
  }

  NodeId self() {
    return transport.self();
  }
}
