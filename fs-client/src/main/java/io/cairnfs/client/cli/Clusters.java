package io.cairnfs.client.cli;

import java.io.IOException;

/** Opens what commands on volumes work with. */
final class Clusters {

  private Clusters() {}

  /** The cluster, or the embedded node if none is named. */
  static Cluster open(Connector connector, ClusterAccess access)
      throws CommandException, IOException, InterruptedException {
    Connector.Connection connection = connector.connect(access);
    if (access.nodes().isEmpty()) {
      return OneNodeCluster.through(connection);
    }
    try {
      return DhtCluster.join(connection, ClientIdentity.of(ClientPaths.ofThisUser()));
    } catch (CommandException | IOException | InterruptedException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }
}
