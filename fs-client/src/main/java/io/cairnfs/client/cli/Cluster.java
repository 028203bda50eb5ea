package io.cairnfs.client.cli;

import io.cairnfs.client.mount.Backend;
import io.cairnfs.protocol.head.Founding;
import io.cairnfs.protocol.identity.NodeId;
import io.cairnfs.protocol.transport.Peer;
import io.cairnfs.protocol.transport.Transport;
import java.io.IOException;
import java.util.List;

/** Where volumes live, as commands see it: the embedded node, or nodes found by the DHT. */
interface Cluster extends AutoCloseable {

  /** A node that may host heads. */
  record Voter(NodeId id, Peer peer) {}

  /** Reaches the nodes. */
  Transport transport();

  /** Those that are up and take volumes. */
  List<Voter> voters() throws IOException, InterruptedException;

  /** How many replicas a volume has unless the user says it. */
  int defaultReplication();

  /** Makes a founding record known beyond its voter, where there is a beyond. */
  void publish(Founding founding) throws IOException, InterruptedException;

  /** What a mount of a volume needs. */
  Backend backend(Founding founding);

  @Override
  void close() throws IOException;
}
