package io.cairnfs.client.head;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairnfs.node.head.CellHeads;
import io.cairnfs.node.head.HeadService;
import io.cairnfs.node.head.JournalEngine;
import io.cairnfs.node.head.MemoryJournal;
import io.cairnfs.protocol.head.Commit;
import io.cairnfs.protocol.head.CommitOutcome;
import io.cairnfs.protocol.head.Head;
import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.head.HeadException.Reason;
import io.cairnfs.protocol.head.HeadMethods;
import io.cairnfs.protocol.head.SessionId;
import io.cairnfs.protocol.head.Usage;
import io.cairnfs.protocol.head.VolumeId;
import io.cairnfs.protocol.identity.NodeId;
import io.cairnfs.protocol.transport.Peer;
import io.cairnfs.protocol.transport.Transport;
import io.cairnfs.protocol.transport.local.LinkRule;
import io.cairnfs.protocol.transport.local.LocalNetwork;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The contract over a transport, and what happens while the voter is away. */
@SuppressWarnings("NullAway.Init") // created before each test
final class RemoteHeadTest extends SharedHeadContract {

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
    HeadService.register(voter, heads);
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
