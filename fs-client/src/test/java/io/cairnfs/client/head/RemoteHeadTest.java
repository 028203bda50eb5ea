package io.cairnfs.client.head;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairnfs.node.head.CellHeads;
import io.cairnfs.node.head.CellSnapshots;
import io.cairnfs.node.head.HeadService;
import io.cairnfs.node.head.Hosted;
import io.cairnfs.node.head.HostedHeads;
import io.cairnfs.node.head.JournalEngine;
import io.cairnfs.node.head.MemoryJournal;
import io.cairnfs.protocol.cell.CellId;
import io.cairnfs.protocol.head.Commit;
import io.cairnfs.protocol.head.CommitOutcome;
import io.cairnfs.protocol.head.Founding;
import io.cairnfs.protocol.head.FoundingSignature;
import io.cairnfs.protocol.head.Head;
import io.cairnfs.protocol.head.HeadErrors;
import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.head.HeadException.Reason;
import io.cairnfs.protocol.head.HeadMessages;
import io.cairnfs.protocol.head.HeadMethods;
import io.cairnfs.protocol.head.Moved;
import io.cairnfs.protocol.head.SessionId;
import io.cairnfs.protocol.head.Usage;
import io.cairnfs.protocol.head.VolumeId;
import io.cairnfs.protocol.identity.Identity;
import io.cairnfs.protocol.identity.NodeId;
import io.cairnfs.protocol.transport.Peer;
import io.cairnfs.protocol.transport.Transport;
import io.cairnfs.protocol.transport.local.LinkRule;
import io.cairnfs.protocol.transport.local.LocalNetwork;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** The contract over a transport, and what happens while the voter is away. */
@SuppressWarnings("NullAway.Init") // created before each test
final class RemoteHeadTest extends SharedHeadContract {

  private static final NodeId OTHER = NodeId.parse("04".repeat(32));
  private static final byte[] NONE = {};

  private final LocalNetwork network = new LocalNetwork();
  private final MemoryJournal journal = new MemoryJournal();
  private CellHeads heads;
  private Transport voter;
  private Transport client;
  private Head remote;

  @Override
  Head create() throws IOException {
    start();
    client = network.join(NodeId.parse("02".repeat(32)));
    remote = new RemoteHead(client, () -> List.of(new Peer(VOTER, List.of())));
    return remote;
  }

  private void start() throws IOException {
    heads = new CellHeads(JournalEngine.open(journal), VOTER);
    voter = network.join(VOTER);
    HeadService.register(
        voter,
        HostedHeads.only(
            new Hosted(heads, new CellSnapshots(heads.engine(), VOTER, InstantSource.system()))));
  }

  private void stop() {
    voter.close();
    heads.close();
  }

  @Override
  Head restart() throws IOException {
    stop();
    start();
    return remote;
  }

  @Override
  void destroy() {
    client.close();
    stop();
    network.close();
  }

  @Test
  void callsWaitForAVoterThatIsAway() throws Exception {
    stop();
    Thread restarter =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    Thread.sleep(200);
                    start();
                  } catch (IOException | InterruptedException e) {
                    throw new IllegalStateException(e);
                  }
                });
    assertEquals(1, remote.list(TIMEOUT).size());
    restarter.join();
  }

  @Test
  void aVoterThatSaysNothingIsNotWaitedForWhereThereAreOthers() throws Exception {
    NodeId silent = NodeId.parse("03".repeat(32));
    try (Transport stalled = network.join(silent)) {
      network.setRule(
          (from, to, method) ->
              to.equals(silent)
                  ? new LinkRule.Fate.DropRequest()
                  : new LinkRule.Fate.Deliver(Duration.ZERO));
      Head head =
          new RemoteHead(
              client, () -> List.of(new Peer(silent, List.of()), new Peer(VOTER, List.of())));
      long started = System.nanoTime();
      assertEquals(1, head.list(TIMEOUT).size());
      Duration waited = Duration.ofNanos(System.nanoTime() - started);
      assertTrue(waited.compareTo(VoterCalls.ATTEMPT) < 0, "waited " + waited);
      assertEquals(silent, stalled.self());
    }
  }

  @Test
  void aVolumeThatHasMovedIsAskedForWhereItIs() throws Exception {
    AtomicReference<Founding> told = new AtomicReference<>();
    HeadPlace place =
        new HeadPlace() {
          @Override
          public List<Peer> voters() {
            return List.of(new Peer(told.get() == null ? OTHER : VOTER, List.of()));
          }

          @Override
          public void moved(Founding to) {
            told.set(to);
          }
        };
    try (Transport before = network.join(OTHER)) {
      Identity owner = Identity.generate();
      Founding first =
          FoundingSignature.sign(
              new Founding(
                  VolumeId.of(owner.publicKey()), "v", List.of(OTHER), 1, Instant.EPOCH, NONE),
              owner);
      Founding next = FoundingSignature.sign(first.movedTo(new CellId(VOTER.key())), owner);
      Iterator<HeadException> answers =
          List.of(Moved.onItsWay(), Moved.gone(HeadMessages.encode(next))).iterator();
      before.handle(
          HeadMethods.LIST,
          (caller, request, timeout) -> {
            throw HeadErrors.toWire(answers.next());
          });
      assertEquals(1, new RemoteHead(client, place).list(TIMEOUT).size());
      assertEquals(1, told.get().move());
    }
  }

  /** A voter of the cell that a volume has left may be one of its new cell's too. */
  @Test
  void aLeaderThatIsNoneOfTheVotersIsFound() throws Exception {
    AtomicBoolean doubtful = new AtomicBoolean();
    HeadPlace place =
        new HeadPlace() {
          @Override
          public List<Peer> voters() {
            return List.of(new Peer(doubtful.get() ? VOTER : OTHER, List.of()));
          }

          @Override
          public void doubtful() {
            doubtful.set(true);
          }
        };
    try (Transport before = network.join(OTHER)) {
      before.handle(
          HeadMethods.LIST,
          (caller, request, timeout) -> {
            throw HeadErrors.toWire(new HeadException(Reason.NOT_LEADER, VOTER.toString()));
          });
      assertEquals(1, new RemoteHead(client, place).list(TIMEOUT).size());
    }
  }

  @Test
  void aLostAnswerIsAskedForAgainAndCommitsOnce() throws Exception {
    Head impatient =
        new RemoteHead(client, () -> List.of(new Peer(VOTER, List.of())), Duration.ofMillis(200));
    VolumeId volume = remote.list(TIMEOUT).getFirst().founding().volume();
    SessionId session = SessionId.random();
    impatient.open(volume, session, "me", TIMEOUT);
    AtomicInteger commits = new AtomicInteger();
    network.setRule(
        (from, to, method) ->
            method.equals(HeadMethods.COMMIT) && commits.incrementAndGet() % 2 == 1
                ? new LinkRule.Fate.DropReply()
                : new LinkRule.Fate.Deliver(Duration.ZERO));
    for (int i = 1; i <= 5; i++) {
      Commit commit = new Commit(0, List.of(), List.of(), Usage.NONE, new byte[] {(byte) i});
      assertEquals(
          List.of(new CommitOutcome.Committed(i)),
          impatient.commit(volume, session, i, i - 1, List.of(commit), TIMEOUT).outcomes());
    }
    assertEquals(10, commits.get());
    assertEquals(5, impatient.deltas(volume, 0, TIMEOUT).size());
  }

  @Test
  void callsEndWithTheirTimeWhenNoVoterComesBack() throws Exception {
    stop();
    long started = System.nanoTime();
    HeadException failure =
        assertThrows(HeadException.class, () -> remote.list(Duration.ofMillis(300)));
    Duration waited = Duration.ofNanos(System.nanoTime() - started);
    assertEquals(Reason.UNAVAILABLE, failure.reason());
    assertTrue(waited.toMillis() >= 300 && waited.toMillis() < 2000, "waited " + waited);
    start();
  }
}
