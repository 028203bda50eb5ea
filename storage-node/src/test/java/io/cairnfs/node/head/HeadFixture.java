package io.cairnfs.node.head;

import com.google.protobuf.ByteString;
import io.cairnfs.protocol.cell.CellId;
import io.cairnfs.protocol.head.Commit;
import io.cairnfs.protocol.head.Founding;
import io.cairnfs.protocol.head.FoundingSignature;
import io.cairnfs.protocol.head.HeadMessages;
import io.cairnfs.protocol.head.Quota;
import io.cairnfs.protocol.head.RecoveryMessages;
import io.cairnfs.protocol.head.SessionId;
import io.cairnfs.protocol.head.SignedQuota;
import io.cairnfs.protocol.head.Usage;
import io.cairnfs.protocol.head.VolumeId;
import io.cairnfs.protocol.head.message.CloseRequest;
import io.cairnfs.protocol.head.message.CommitRequest;
import io.cairnfs.protocol.head.message.FoldRequest;
import io.cairnfs.protocol.head.message.FoundRequest;
import io.cairnfs.protocol.head.message.FoundingRecord;
import io.cairnfs.protocol.head.message.HeadRecord;
import io.cairnfs.protocol.head.message.OpenRequest;
import io.cairnfs.protocol.head.message.RecoverRequest;
import io.cairnfs.protocol.head.message.SetQuotaRequest;
import io.cairnfs.protocol.identity.Identity;
import io.cairnfs.protocol.identity.Key256;
import io.cairnfs.protocol.identity.NodeId;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/** A founded volume and requests about it, for tests. */
public final class HeadFixture {

  public static final NodeId VOTER = new NodeId(Key256.of(new byte[32]));

  public final VolumeId volume;
  public final Founding founding;

  private final Identity owner = Identity.generate();
  private final NodeId voter;

  public HeadFixture() {
    this(VOTER);
  }

  /**
   * @param voter that hosts the volume
   */
  public HeadFixture(NodeId voter) {
    this.voter = voter;
    volume = VolumeId.of(owner.publicKey());
    founding =
        FoundingSignature.sign(
            new Founding(volume, "v", List.of(voter), 1, Instant.EPOCH, new byte[0]), owner);
  }

  /** The same volume, founded again in this epoch. */
  public Founding foundedAgain(long epoch) {
    return FoundingSignature.sign(
        new Founding(
            volume, "v", List.of(voter), null, epoch, 1, Instant.EPOCH, epoch, new byte[0]),
        owner);
  }

  /** The owner's wish that it be founded so. */
  public RecoverRequest recovery(Founding again, HeadRecord head) {
    return RecoveryMessages.sign(again, head, owner);
  }

  public static SessionId session(long n) {
    return new SessionId(new UUID(0, n));
  }

  public static Commit commit(String body) {
    return new Commit(0, List.of(), List.of(), Usage.NONE, body.getBytes(StandardCharsets.UTF_8));
  }

  public ByteString id() {
    return HeadMessages.encode(volume);
  }

  /** The record of the volume's next move. */
  public FoundingRecord movedTo(CellId cell) {
    return HeadMessages.encode(FoundingSignature.sign(founding.movedTo(cell), owner));
  }

  public FoundRequest found() {
    return FoundRequest.newBuilder().setFounding(HeadMessages.encode(founding)).build();
  }

  public SetQuotaRequest quota(Quota quota, long version) {
    return HeadMessages.encode(SignedQuota.sign(volume, quota, version, owner));
  }

  public OpenRequest open(SessionId session) {
    return OpenRequest.newBuilder()
        .setVolume(id())
        .setSession(HeadMessages.encode(session))
        .setHolder("holder of " + session.value().getLeastSignificantBits())
        .build();
  }

  public CloseRequest close(SessionId session) {
    return CloseRequest.newBuilder()
        .setVolume(id())
        .setSession(HeadMessages.encode(session))
        .build();
  }

  public CommitRequest commit(
      SessionId session, long first, long acknowledged, List<Commit> batch) {
    return CommitRequest.newBuilder()
        .setVolume(id())
        .setSession(HeadMessages.encode(session))
        .setFirstRequest(first)
        .setAcknowledged(acknowledged)
        .addAllCommit(batch.stream().map(HeadMessages::encode).toList())
        .build();
  }

  public FoldRequest fold(
      SessionId session, ByteString expectedRoot, ByteString newRoot, long through) {
    return FoldRequest.newBuilder()
        .setVolume(id())
        .setSession(HeadMessages.encode(session))
        .setExpectedRoot(expectedRoot)
        .setNewRoot(newRoot)
        .setThroughSequence(through)
        .build();
  }
}
