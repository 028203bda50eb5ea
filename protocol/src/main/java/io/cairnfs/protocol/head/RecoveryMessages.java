package io.cairnfs.protocol.head;

import com.google.protobuf.ByteString;
import io.cairnfs.protocol.head.message.CheckpointRecord;
import io.cairnfs.protocol.head.message.HeadRecord;
import io.cairnfs.protocol.head.message.RecoverRequest;
import io.cairnfs.protocol.head.message.SnapshotRecord;
import io.cairnfs.protocol.head.message.VolumeState;
import io.cairnfs.protocol.identity.Ed25519;
import io.cairnfs.protocol.identity.Identity;
import java.util.List;

/** Makes, signs and checks what is kept of heads. */
public final class RecoveryMessages {

  private static final String RECOVER_DOMAIN = "cairn-recover:";
  private static final String CHECKPOINT_DOMAIN = "cairn-checkpoint:";

  private RecoveryMessages() {}

  /**
   * A head as it was at its root: what was committed after that is not in it, nor are snapshots
   * that have no root.
   */
  public static HeadRecord atRoot(HeadRecord head) {
    VolumeState state = head.getState();
    return withRoot(
        head,
        state.toBuilder()
            .setSequence(state.getRootSequence())
            .setChain(state.getRootChain())
            .setUsage(head.getRootUsage()));
  }

  /**
   * A head as it is, with a tree of everything that is committed.
   *
   * @param root of that tree
   */
  public static HeadRecord folded(HeadRecord head, ByteString root) {
    VolumeState state = head.getState();
    return withRoot(
        head,
        state.toBuilder()
            .setRoot(root)
            .setRootSequence(state.getSequence())
            .setRootChain(state.getChain()));
  }

  private static HeadRecord withRoot(HeadRecord head, VolumeState.Builder state) {
    List<SnapshotRecord> pinned =
        head.getSnapshotList().stream().filter(snapshot -> !snapshot.getRoot().isEmpty()).toList();
    return head.toBuilder()
        .setState(state.setUnfoldedBytes(0))
        .clearRootUsage()
        .clearSnapshot()
        .addAllSnapshot(pinned)
        .build();
  }

  /** Whether a volume can be founded again from it. */
  public static boolean isComplete(HeadRecord head) {
    boolean neverMounted = head.getState().getSequence() == 0;
    return head.hasFounding()
        && (neverMounted || !head.getState().getRoot().isEmpty())
        && head.getState().getSequence() == head.getState().getRootSequence()
        && head.getSnapshotList().stream().noneMatch(snapshot -> snapshot.getRoot().isEmpty());
  }

  /**
   * The owner's wish that a volume be founded again.
   *
   * @param founding signed, of a later epoch than the head's
   * @param head complete
   * @param owner the volume's key
   */
  public static RecoverRequest sign(Founding founding, HeadRecord head, Identity owner) {
    RecoverRequest unsigned =
        RecoverRequest.newBuilder()
            .setFounding(HeadMessages.encode(founding))
            .setHead(head)
            .build();
    return unsigned.toBuilder()
        .setSignature(ByteString.copyFrom(owner.sign(signedBytes(unsigned))))
        .build();
  }

  /** Whether the volume's key signed it. */
  public static boolean isGenuine(RecoverRequest request) {
    return Ed25519.verify(
        request.getFounding().getVolume().toByteArray(),
        signedBytes(request),
        request.getSignature().toByteArray());
  }

  private static byte[] signedBytes(RecoverRequest request) {
    return OwnerSignature.signedBytes(
        RECOVER_DOMAIN, request.toBuilder().clearSignature().build().toByteArray());
  }

  /** A checkpoint signed by a voter. */
  public static CheckpointRecord sign(CheckpointRecord checkpoint, Identity voter) {
    CheckpointRecord unsigned =
        checkpoint.toBuilder().setSigner(ByteString.copyFrom(voter.publicKey())).build();
    return unsigned.toBuilder()
        .setSignature(ByteString.copyFrom(voter.sign(signedBytes(unsigned))))
        .build();
  }

  /** Whether the node that it names as its signer signed it, and the volume its founding record. */
  public static boolean isGenuine(CheckpointRecord checkpoint) {
    return Ed25519.verify(
            checkpoint.getSigner().toByteArray(),
            signedBytes(checkpoint),
            checkpoint.getSignature().toByteArray())
        && FoundingSignature.verify(HeadMessages.decode(checkpoint.getHead().getFounding()));
  }

  private static byte[] signedBytes(CheckpointRecord checkpoint) {
    return OwnerSignature.signedBytes(
        CHECKPOINT_DOMAIN, checkpoint.toBuilder().clearSignature().build().toByteArray());
  }
}
