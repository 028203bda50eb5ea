package io.cairnfs.node.head.raft;

import io.cairnfs.protocol.cell.CellMethods;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Collection;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotReplyProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteReplyProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionReplyProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionRequestProto;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.rpc.RpcType;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServerRpc;

/** What Ratis calls to reach other voters. Addresses are the transport's affair. Thread-safe. */
final class TransportRpc implements RaftServerRpc {

  private final VoterLinks links;
  private final RaftServer server;

  TransportRpc(VoterLinks links, RaftServer server) {
    this.links = links;
    this.server = server;
  }

  @Override
  public RequestVoteReplyProto requestVote(RequestVoteRequestProto request) throws IOException {
    return links.call(
        CellMethods.REQUEST_VOTE,
        request.getServerRequest(),
        request,
        RequestVoteReplyProto.parser());
  }

  @Override
  public AppendEntriesReplyProto appendEntries(AppendEntriesRequestProto request)
      throws IOException {
    return links.call(
        CellMethods.APPEND_ENTRIES,
        request.getServerRequest(),
        request,
        AppendEntriesReplyProto.parser());
  }

  @Override
  public InstallSnapshotReplyProto installSnapshot(InstallSnapshotRequestProto request)
      throws IOException {
    return links.call(
        CellMethods.INSTALL_SNAPSHOT,
        request.getServerRequest(),
        request,
        InstallSnapshotReplyProto.parser());
  }

  @Override
  public StartLeaderElectionReplyProto startLeaderElection(StartLeaderElectionRequestProto request)
      throws IOException {
    return links.call(
        CellMethods.START_ELECTION,
        request.getServerRequest(),
        request,
        StartLeaderElectionReplyProto.parser());
  }

  @Override
  public RpcType getRpcType() {
    return server.getFactory().getRpcType();
  }

  /** No address of Ratis' own: peers are known by their identities. */
  @Override
  public InetSocketAddress getInetSocketAddress() {
    return InetSocketAddress.createUnresolved(links.self().toString(), 0);
  }

  @Override
  public void start() {}

  @Override
  public void addRaftPeers(Collection<RaftPeer> peers) {}

  @Override
  public void handleException(RaftPeerId peer, Exception failure, boolean reconnect) {}

  @Override
  public void close() {}
}
