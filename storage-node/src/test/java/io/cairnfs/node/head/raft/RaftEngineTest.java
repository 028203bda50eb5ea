package io.cairnfs.node.head.raft;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairnfs.node.head.CellHeads;
import io.cairnfs.node.head.HeadFixture;
import io.cairnfs.protocol.head.Commit;
import io.cairnfs.protocol.head.CommitOutcome.Committed;
import io.cairnfs.protocol.head.CommitResult;
import io.cairnfs.protocol.head.Delta;
import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.head.HeadException.Reason;
import io.cairnfs.protocol.head.HeadLimits;
import io.cairnfs.protocol.head.SessionId;
import io.cairnfs.protocol.head.Usage;
import io.cairnfs.protocol.head.message.Command;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

@Order(1)
final class RaftEngineTest {

  private static final Duration TIMEOUT = Duration.ofSeconds(20);
  private static final Duration SHORT = Duration.ofMillis(1500);
  private static final SessionId SESSION = HeadFixture.session(1);
  private static final byte[] NO_BODIES = new byte[0];

  @TempDir Path directory;

  private final HeadFixture fixture = new HeadFixture();
  private TestCell cell;

  /** Three voters, and one that may take the place of another. */
  @BeforeEach
  void start() throws IOException {
    cell = new TestCell(directory, 4, 3);
  }

  @AfterEach
  void stop() throws IOException {
    cell.close();
  }

  /** Founds the volume and opens the session. */
  private int begin() throws IOException, InterruptedException {
    int leader = cell.awaitLeader(0, 1, 2);
    cell.engine(leader).execute(Command.newBuilder().setFound(fixture.found()), NO_BODIES, TIMEOUT);
    cell.heads(leader).open(fixture.volume, SESSION, "test", TIMEOUT);
    return leader;
  }

  private CommitResult commit(int voter, long request, String body)
      throws IOException, InterruptedException {
    return commit(voter, request, HeadFixture.commit(body), TIMEOUT);
  }

  private CommitResult commit(int voter, long request, Commit commit, Duration timeout)
      throws IOException, InterruptedException {
    return cell.heads(voter)
        .commit(fixture.volume, SESSION, request, request - 1, List.of(commit), timeout);
  }

  private List<String> history(int voter) throws IOException, InterruptedException {
    List<String> bodies = new ArrayList<>();
    for (Delta delta : cell.heads(voter).deltas(fixture.volume, 0, TIMEOUT)) {
      bodies.add(new String(delta.body(), StandardCharsets.UTF_8));
    }
    return bodies;
  }

  private static int[] others(int voter) {
    return new int[] {(voter + 1) % 3, (voter + 2) % 3};
  }

  @Test
  void anotherVoterLeadsWhenTheLeaderDies() throws IOException, InterruptedException {
    int first = begin();
    CommitResult answer = commit(first, 1, "a");
    assertEquals(List.of(new Committed(1)), answer.outcomes());

    long start = System.nanoTime();
    cell.stop(first);
    int second = cell.awaitLeader(others(first));
    System.out.println(
        "led again after " + Duration.ofNanos(System.nanoTime() - start).toMillis() + " ms");

    assertEquals(answer.outcomes(), commit(second, 1, "a").outcomes(), "it is not executed twice");
    commit(second, 2, "b");
    assertEquals(List.of("a", "b"), history(second));

    cell.start(first);
    cell.awaitEqual(0, 1, 2);
  }

  @Test
  void aFollowerNamesTheLeader() throws IOException, InterruptedException {
    int leader = begin();
    CellHeads follower = cell.heads(others(leader)[0]);
    HeadException refusal =
        assertThrows(HeadException.class, () -> follower.info(fixture.volume, TIMEOUT));
    assertEquals(Reason.NOT_LEADER, refusal.reason());
    assertEquals(TestCell.id(leader).toString(), refusal.getMessage());
  }

  @Test
  void aMinorityCommitsNothing() throws IOException, InterruptedException {
    int first = begin();
    commit(first, 1, "a");
    cell.cutOff(first);
    assertThrows(HeadException.class, () -> commit(first, 2, HeadFixture.commit("lost"), SHORT));
    assertThrows(HeadException.class, () -> cell.heads(first).info(fixture.volume, SHORT));

    int second = cell.awaitLeader(others(first));
    commit(second, 2, "b");
    cell.heal();
    cell.awaitEqual(0, 1, 2);
    assertEquals(List.of("a", "b"), history(cell.awaitLeader(0, 1, 2)));
  }

  /** Says whether a commit that was tried is held for committed. */
  @FunctionalInterface
  private interface Acknowledgement {
    boolean of(Executable commit);
  }

  private static boolean whenAnswered(Executable commit) {
    try {
      commit.execute();
      return true;
    } catch (Throwable e) {
      return false;
    }
  }

  /** Whether all that is held for committed by a leader without a majority is there afterwards. */
  private boolean keepsItsWord(Acknowledgement acknowledgement)
      throws IOException, InterruptedException {
    int first = begin();
    List<String> acknowledged = new ArrayList<>();
    for (int request = 1; request <= 2; request++) {
      String body = "body " + request;
      Commit commit = HeadFixture.commit(body);
      int number = request;
      if (acknowledgement.of(() -> commit(first, number, commit, SHORT))) {
        acknowledged.add(body);
      }
      cell.cutOff(first);
    }
    return history(cell.awaitLeader(others(first))).containsAll(acknowledged);
  }

  @Test
  void whatIsAcknowledgedIsThereAfterwards() throws IOException, InterruptedException {
    assertTrue(keepsItsWord(RaftEngineTest::whenAnswered));
  }

  /** The twin: without waiting for the majority the same test must notice. */
  @Test
  void whatIsAcknowledgedBeforeAMajorityHasItIsMissed() throws IOException, InterruptedException {
    assertFalse(
        keepsItsWord(
            commit -> {
              whenAnswered(commit);
              return true;
            }));
  }

  @Test
  void allVotersComeBackWithWhatTheyHad() throws IOException, InterruptedException {
    int leader = begin();
    commit(leader, 1, "a");
    for (int i = 0; i < 3; i++) {
      cell.stop(i);
    }
    for (int i = 0; i < 3; i++) {
      cell.start(i);
    }
    leader = cell.awaitLeader(0, 1, 2);
    assertEquals(List.of("a"), history(leader));
    cell.heads(leader).renew(fixture.volume, SESSION, TIMEOUT);
    commit(leader, 2, "b");
    assertEquals(List.of("a", "b"), history(leader));
  }

  @Test
  void aVoterThatWasAwayForLongGetsASnapshot() throws IOException, InterruptedException {
    int leader = begin();
    int away = others(leader)[0];
    cell.stop(away);
    byte[] large = new byte[1 << 20];
    int commits = 24;
    for (int i = 1; i <= commits; i++) {
      large[0] = (byte) i;
      commit(leader, i, new Commit(0, List.of(), List.of(), Usage.NONE, large.clone()), TIMEOUT);
    }
    cell.start(away);
    cell.awaitEqual(0, 1, 2);
    List<byte[]> bodies = new ArrayList<>();
    cell.bodies(away).forEach(fixture.volume, 0, Long.MAX_VALUE, body -> bodies.add(body.joined()));
    assertEquals(commits, bodies.size());
    for (int i = 1; i <= commits; i++) {
      large[0] = (byte) i;
      assertArrayEquals(large, bodies.get(i - 1));
    }
    try (var files = Files.walk(directory.resolve("raft-" + away))) {
      assertTrue(
          files.anyMatch(file -> file.getFileName().toString().matches("snapshot\\.\\d+_\\d+")),
          "it did not get a snapshot");
    }
  }

  @Test
  void aVoterIsReplacedByAnotherNode() throws IOException, InterruptedException {
    int leader = begin();
    commit(leader, 1, "a");
    int gone = others(leader)[0];
    int stays = others(leader)[1];
    cell.stop(gone);
    cell.voter(leader)
        .change(TestCell.CELL, List.of(TestCell.id(leader), TestCell.id(stays), TestCell.id(3)));
    assertFalse(cell.voter(leader).members(TestCell.CELL).contains(TestCell.id(gone)));
    cell.awaitEqual(leader, stays, 3);

    cell.stop(leader);
    int next = cell.awaitLeader(stays, 3);
    commit(next, 2, "b");
    assertEquals(List.of("a", "b"), history(next));
  }

  @Test
  void aNewLeaderLetsEveryLeaseRunItsLength() throws IOException, InterruptedException {
    int first = begin();
    cell.cutOff(0, 1, 2);
    TestCell.await("that nobody leads", () -> !cell.engine(first).leads());
    Thread.sleep(HeadLimits.LEASE.plusSeconds(1));
    cell.heal();
    int second = cell.awaitLeader(0, 1, 2);
    // An opening would end a session whose lease has run out.
    HeadException held =
        assertThrows(
            HeadException.class,
            () ->
                cell.heads(second)
                    .openAlone(fixture.volume, HeadFixture.session(2), "other", TIMEOUT));
    assertEquals(Reason.HELD, held.reason());
    cell.heads(second).renew(fixture.volume, SESSION, TIMEOUT);
  }
}
