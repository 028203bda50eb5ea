package io.cairnfs.node.head.raft;

import org.apache.ratis.conf.Parameters;
import org.apache.ratis.rpc.RpcType;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServerRpc;
import org.apache.ratis.server.ServerFactory;

/** Tells Ratis to speak through {@link TransportRpc}; Ratis makes it by the name of its class. */
public final class TransportRpcType implements RpcType {

  private static final String LINKS = "cairn.links";

  /** What Ratis hands on to the factory. */
  static Parameters parameters(VoterLinks links) {
    Parameters parameters = new Parameters();
    parameters.put(LINKS, links, VoterLinks.class);
    return parameters;
  }

  @Override
  public String name() {
    return TransportRpcType.class.getName();
  }

  @Override
  public ServerFactory newFactory(Parameters parameters) {
    VoterLinks links = parameters.getNonNull(LINKS, VoterLinks.class);
    return new ServerFactory() {
      @Override
      public RaftServerRpc newRaftServerRpc(RaftServer server) {
        TransportRpc rpc = new TransportRpc(links, server);
        links.serve(server);
        return rpc;
      }

      @Override
      public RpcType getRpcType() {
        return TransportRpcType.this;
      }
    };
  }
}
