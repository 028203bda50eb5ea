package io.cairnfs.client.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairnfs.client.block.Replicas;
import io.cairnfs.client.mount.Backend;
import io.cairnfs.node.head.VolumeDirectory;
import io.cairnfs.protocol.head.Founding;
import io.cairnfs.protocol.head.FoundingSignature;
import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.head.HeadException.Reason;
import io.cairnfs.protocol.head.VolumeId;
import io.cairnfs.protocol.identity.Identity;
import io.cairnfs.protocol.identity.NodeId;
import io.cairnfs.protocol.transport.Peer;
import io.cairnfs.protocol.transport.Transport;
import io.cairnfs.protocol.transport.local.LocalNetwork;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Finding volumes in a cluster whose only voter is down. */
final class VolumesTest {

  private final LocalNetwork network = new LocalNetwork();
  private final Transport transport = network.join(Identity.generate().id());
  private final NodeId voter = Identity.generate().id();
  private final Founding founding = founding();
  private boolean recordIsKept = true;
  private boolean voterIsKnown = true;

  private Founding founding() {
    Identity key = Identity.generate();
    return FoundingSignature.sign(
        new Founding(VolumeKeys.idOf(key), "photos", List.of(voter), 3, Instant.EPOCH, new byte[0]),
        key);
  }

  @AfterEach
  void close() {
    network.close();
  }

  @Test
  void anIdIsFoundByTheRecordThatTheVolumeSigned() throws Exception {
    Founding found = new Volumes(new Silent()).find(founding.volume().toString());
    assertEquals(founding.volume(), found.volume());
    assertEquals(List.of(voter), found.voters());
  }

  @Test
  void aNameNeedsItsVoterAndTheErrorSaysWhichIsDown() {
    IOException failure =
        assertThrows(IOException.class, () -> new Volumes(new Silent()).find("photos"));
    assertTrue(FailureReport.message(failure).contains(voter + " at localhost"));
  }

  @Test
  void anIdThatNobodyKeepsIsAskedForLikeAName() {
    recordIsKept = false;
    IOException failure =
        assertThrows(
            IOException.class, () -> new Volumes(new Silent()).find(founding.volume().toString()));
    assertTrue(FailureReport.message(failure).contains(voter.toString()));
  }

  @Test
  void whoDoesNotAnswerIsNamed() throws InterruptedException {
    HeadException silence = new HeadException(Reason.UNAVAILABLE, "no answer");
    Volumes volumes = new Volumes(new Silent());
    String message =
        FailureReport.message(volumes.unreachable(founding, Duration.ofSeconds(30), silence));
    assertTrue(message.contains("'photos'") && message.contains("30 s"), message);
    assertTrue(message.contains(voter + " at localhost"), message);
    voterIsKnown = false;
    message = FailureReport.message(volumes.unreachable(founding, Duration.ofSeconds(30), silence));
    assertTrue(message.contains(voter + ", whose address no node knows"), message);
  }

  /** Nobody answers; the record is kept elsewhere. */
  private final class Silent implements Cluster {

    @Override
    public VolumeDirectory directory() {
      return VolumeDirectory.NONE;
    }

    @Override
    public Transport transport() {
      return transport;
    }

    @Override
    public List<Member> voters() {
      Peer peer = new Peer(voter, List.of(InetSocketAddress.createUnresolved("localhost", 7440)));
      return voterIsKnown ? List.of(new Member(voter, peer, false, true)) : List.of();
    }

    @Override
    public List<NodeId> voterIds(Founding of) {
      return of.voters();
    }

    @Override
    public List<Member> voters(Founding of) {
      return voters();
    }

    @Override
    public Optional<Founding> founding(VolumeId volume) {
      return recordIsKept && volume.equals(founding.volume())
          ? Optional.of(founding)
          : Optional.empty();
    }

    @Override
    public List<Member> stores() {
      return List.of();
    }

    @Override
    public Replicas replicas() {
      throw new UnsupportedOperationException();
    }

    @Override
    public int defaultReplication() {
      return 3;
    }

    @Override
    public void publish(Founding record) {}

    @Override
    public Backend backend(Founding of) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
  }
}
