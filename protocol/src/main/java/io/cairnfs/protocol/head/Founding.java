package io.cairnfs.protocol.head;

import io.cairnfs.protocol.identity.NodeId;
import java.time.Instant;
import java.util.List;

/**
 * The founding record of a volume, signed by the volume's key.
 *
 * @param volume its id
 * @param name a name for people, not unique
 * @param voters the nodes that host its head; one, until cells are built
 * @param replication how many replicas each of its blocks has
 * @param created when
 * @param signature Ed25519 over the encoded record without this field
 */
@SuppressWarnings("ArrayRecordComponent") // compared nowhere
public record Founding(
    VolumeId volume,
    String name,
    List<NodeId> voters,
    int replication,
    Instant created,
    byte[] signature) {

  public Founding {
    voters = List.copyOf(voters);
  }
}
