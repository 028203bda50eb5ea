package io.cairnfs.protocol.head;

import io.cairnfs.protocol.cell.CellId;
import io.cairnfs.protocol.erasure.Erasure;
import io.cairnfs.protocol.identity.NodeId;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The founding record of a volume, signed by the volume's key.
 *
 * @param volume its id
 * @param name a name for people, not unique
 * @param voters the nodes that host its head; empty if a cell does
 * @param cell the cell that hosts its head; null where the voters are named
 * @param move how often it has moved: 0 for the record that founded it
 * @param replication how many replicas each of its blocks has
 * @param created when
 * @param epoch how often it was founded again after its voters were lost; of two records of a
 *     volume the one with the higher epoch holds
 * @param erasure how its cold blocks are coded; null if all stay replicated
 * @param signature Ed25519 over the encoded record without this field
 */
@SuppressWarnings("ArrayRecordComponent") // compared nowhere
public record Founding(
    VolumeId volume,
    String name,
    List<NodeId> voters,
    @Nullable CellId cell,
    long move,
    int replication,
    Instant created,
    long epoch,
    @Nullable Erasure erasure,
    byte[] signature) {

  public Founding {
    voters = List.copyOf(voters);
  }

  /** A volume all of whose blocks are replicated. */
  public Founding(
      VolumeId volume,
      String name,
      List<NodeId> voters,
      @Nullable CellId cell,
      long move,
      int replication,
      Instant created,
      long epoch,
      byte[] signature) {
    this(volume, name, voters, cell, move, replication, created, epoch, null, signature);
  }

  /** A volume that was never founded again. */
  public Founding(
      VolumeId volume,
      String name,
      List<NodeId> voters,
      @Nullable CellId cell,
      long move,
      int replication,
      Instant created,
      byte[] signature) {
    this(volume, name, voters, cell, move, replication, created, 0, signature);
  }

  /** A volume with one voter, or with voters that never change. */
  public Founding(
      VolumeId volume,
      String name,
      List<NodeId> voters,
      int replication,
      Instant created,
      byte[] signature) {
    this(volume, name, voters, null, 0, replication, created, signature);
  }

  /** The record that the next move to a cell makes, without its signature. */
  public Founding movedTo(CellId destination) {
    return new Founding(
        volume,
        name,
        List.of(),
        destination,
        move + 1,
        replication,
        created,
        epoch,
        erasure,
        new byte[0]);
  }

  /** The same with another signature. */
  public Founding withSignature(byte[] newSignature) {
    return new Founding(
        volume, name, voters, cell, move, replication, created, epoch, erasure, newSignature);
  }
}
