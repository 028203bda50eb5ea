package io.cairnfs.node.head;

import com.google.protobuf.InvalidProtocolBufferException;
import io.cairnfs.dht.core.Value;
import io.cairnfs.protocol.head.Founding;
import io.cairnfs.protocol.head.HeadMessages;
import io.cairnfs.protocol.head.RecoveryMessages;
import io.cairnfs.protocol.head.VolumeId;
import io.cairnfs.protocol.head.message.CheckpointRecord;
import io.cairnfs.protocol.identity.Key256;
import io.cairnfs.protocol.identity.NodeId;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.jspecify.annotations.Nullable;

/**
 * Checkpoints as values of the DHT. Each voter has a place of its own for each volume, to which
 * nobody else can write: so nobody can push a good one out by a false one.
 */
public final class CheckpointValues {

  private static final byte[] DOMAIN = "cairn-checkpoint:".getBytes(StandardCharsets.US_ASCII);

  private CheckpointValues() {}

  /** Where what a voter says of a volume is kept. */
  public static Key256 keyOf(VolumeId volume, NodeId voter) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(DOMAIN);
      digest.update(volume.toBytes());
      digest.update(voter.key().toBytes());
      return Key256.of(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /**
   * @param checkpoint signed
   */
  public static Value of(CheckpointRecord checkpoint) {
    return new Value(keyOf(checkpoint), checkpoint.getVersion(), checkpoint.toByteString());
  }

  private static Key256 keyOf(CheckpointRecord checkpoint) {
    return keyOf(
        HeadMessages.decodeVolume(checkpoint.getHead().getFounding().getVolume()),
        NodeId.ofPublicKey(checkpoint.getSigner().toByteArray()));
  }

  /** The checkpoint, if the value is one that its voter signed, and it is where it belongs. */
  public static @Nullable CheckpointRecord read(Value value) {
    try {
      CheckpointRecord checkpoint = CheckpointRecord.parseFrom(value.bytes());
      Founding founding = HeadMessages.decode(checkpoint.getHead().getFounding());
      NodeId signer = NodeId.ofPublicKey(checkpoint.getSigner().toByteArray());
      boolean votes = founding.cell() != null || founding.voters().contains(signer);
      boolean valid =
          votes
              && value.sequence() == checkpoint.getVersion()
              && value.key().equals(keyOf(checkpoint))
              && RecoveryMessages.isComplete(checkpoint.getHead())
              && RecoveryMessages.isGenuine(checkpoint);
      return valid ? checkpoint : null;
    } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
      return null; // no checkpoint at all
    }
  }
}
