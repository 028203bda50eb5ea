package io.cairnfs.client.cli;

import io.cairnfs.client.block.Replicas;
import io.cairnfs.client.head.HeadPlace;
import io.cairnfs.client.mount.Backend;
import io.cairnfs.node.head.VolumeDirectory;
import io.cairnfs.protocol.head.Founding;
import io.cairnfs.protocol.head.VolumeId;
import io.cairnfs.protocol.identity.NodeId;
import io.cairnfs.protocol.transport.Peer;
import io.cairnfs.protocol.transport.Transport;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Where volumes live, as commands see it: the embedded node, or nodes found by the DHT. */
interface Cluster extends AutoCloseable {

  /**
   * A node that commands call.
   *
   * @param up whether it answers
   * @param active whether it takes new volumes and blocks
   */
  record Member(NodeId id, Peer peer, boolean up, boolean active) {

    /** As people know it: its id, and where it listens. */
    @Override
    public String toString() {
      return peer.addresses().isEmpty() ? id.toString() : id + " at " + peer.addresses().getFirst();
    }
  }

  /** Reaches the nodes. */
  Transport transport();

  /** The nodes that host volumes, as far as they are known; those that are down included. */
  List<Member> voters();

  /** The nodes that store blocks, as far as they are known; those that are down included. */
  List<Member> stores();

  /** The nodes of a block. */
  Replicas replicas();

  /** How many replicas a volume has unless the user says it. */
  int defaultReplication();

  /** The record that a volume signed, if it is kept beyond its voters. */
  Optional<Founding> founding(VolumeId volume) throws InterruptedException;

  /** What everybody can find out about volumes without asking their heads. */
  VolumeDirectory directory();

  /** The voters of a volume, as far as they are known. */
  List<NodeId> voterIds(Founding founding) throws InterruptedException;

  /** Where the voters of a volume are now, as far as that is known. */
  List<Member> voters(Founding founding);

  /** Where the head of a volume is, also after it has moved. */
  default HeadPlace place(Founding founding) {
    return () -> voters(founding).stream().map(Member::peer).toList();
  }

  /** Makes a founding record known beyond its voter, where there is a beyond. */
  void publish(Founding founding) throws IOException, InterruptedException;

  /** What a mount of a volume needs. */
  Backend backend(Founding founding);

  @Override
  void close() throws IOException;
}
