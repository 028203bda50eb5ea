package io.cairnfs.node.head;

import com.google.protobuf.ByteString;
import io.cairnfs.protocol.head.Commit;
import io.cairnfs.protocol.head.Founding;
import io.cairnfs.protocol.head.FoundingSignature;
import io.cairnfs.protocol.head.HeadMessages;
import io.cairnfs.protocol.head.SessionId;
import io.cairnfs.protocol.head.Usage;
import io.cairnfs.protocol.head.VolumeId;
import io.cairnfs.protocol.head.message.CloseRequest;
import io.cairnfs.protocol.head.message.CommitRequest;
import io.cairnfs.protocol.head.message.FoldRequest;
import io.cairnfs.protocol.head.message.FoundRequest;
import io.cairnfs.protocol.head.message.OpenRequest;
import io.cairnfs.protocol.identity.Key256;
import io.cairnfs.protocol.identity.NodeId;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;

/** A founded volume and requests about it, for tests. */
public final class HeadFixture {

  public static final NodeId VOTER = new NodeId(Key256.of(new byte[32]));

  public final VolumeId volume;
  public final Founding founding;

  public HeadFixture() {
    try {
      KeyPair key = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
      byte[] x509 = key.getPublic().getEncoded();
      volume = VolumeId.of(Arrays.copyOfRange(x509, x509.length - VolumeId.BYTES, x509.length));
      founding =
          FoundingSignature.sign(
              new Founding(volume, "v", List.of(VOTER), 1, Instant.EPOCH, new byte[0]),
              key.getPrivate());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
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

  public FoundRequest found() {
    return FoundRequest.newBuilder().setFounding(HeadMessages.encode(founding)).build();
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
