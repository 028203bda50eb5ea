package io.cairnfs.node.head;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.google.protobuf.ByteString;
import io.cairnfs.node.head.machine.HeadMachine;
import io.cairnfs.node.head.machine.HeadResult;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.cid.Codec;
import io.cairnfs.protocol.head.ChainHash;
import io.cairnfs.protocol.head.Commit;
import io.cairnfs.protocol.head.CommitOutcome;
import io.cairnfs.protocol.head.CommitOutcome.Committed;
import io.cairnfs.protocol.head.CommitResult;
import io.cairnfs.protocol.head.Delta;
import io.cairnfs.protocol.head.HeadException.Reason;
import io.cairnfs.protocol.head.HeadMessages;
import io.cairnfs.protocol.head.HeadState;
import io.cairnfs.protocol.head.Quota;
import io.cairnfs.protocol.head.Renewal;
import io.cairnfs.protocol.head.SessionId;
import io.cairnfs.protocol.head.message.CloseRequest;
import io.cairnfs.protocol.head.message.Command;
import io.cairnfs.protocol.head.message.GrantInodesRequest;
import io.cairnfs.protocol.head.message.RenewRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * Clients that open, commit, repeat, fall silent and come back, on a head that crashes between log
 * and answer. After every step the history is gapless, chained, holds each transaction at most
 * once, still holds what was acknowledged, and gained nothing from a fenced session; and the state
 * equals what its log gives when replayed, from the last snapshot and from the very beginning.
 */
final class HeadSimulation {

  private static final int CLIENTS = 3;
  private static final double CRASHES = 0.03;
  private static final byte[] NO_BODIES = new byte[0];

  /** What a client knows of its session. */
  private static final class Client {
    final SessionId session;
    final List<String> sent = new ArrayList<>();
    final Map<Long, CommitOutcome> results = new HashMap<>();
    long acknowledged;
    boolean opened;

    Client(SessionId session) {
      this.session = session;
    }
  }

  private final HeadFixture fixture = new HeadFixture();
  private final SplittableRandom random;
  private final CrashingJournal journal;
  private final Client[] clients = new Client[CLIENTS];
  private final List<Delta> history = new ArrayList<>();
  private final Set<String> bodies = new HashSet<>();
  private final Set<SessionId> fenced = new HashSet<>();
  private CommandLog log;
  private long nanoTime;
  private long sessions;
  private long nextInode;
  private int crashes;
  private int repeats;
  private int takeovers;

  HeadSimulation(long seed) throws IOException {
    random = new SplittableRandom(seed);
    journal = new CrashingJournal(random);
    log = CommandLog.open(journal, () -> nanoTime);
    execute(Command.newBuilder().setFound(fixture.found()), NO_BODIES);
    for (int i = 0; i < CLIENTS; i++) {
      clients[i] = newClient();
    }
  }

  List<Delta> history() {
    return history;
  }

  int crashes() {
    return crashes;
  }

  int repeats() {
    return repeats;
  }

  int takeovers() {
    return takeovers;
  }

  String figures() {
    return "commits "
        + history.size()
        + ", crashes "
        + crashes
        + ", repeats "
        + repeats
        + ", takeovers "
        + takeovers;
  }

  private Client newClient() {
    return new Client(HeadFixture.session(++sessions));
  }

  void run(int steps) throws IOException {
    journal.setCrashProbability(CRASHES);
    for (int i = 0; i < steps; i++) {
      step(random.nextInt(CLIENTS));
      observe();
      if (random.nextInt(40) == 0) {
        compareWithReplays();
      }
    }
    compareWithReplays();
  }

  private void step(int who) throws IOException {
    Client client = clients[who];
    nanoTime += TimeUnit.MILLISECONDS.toNanos(random.nextInt(50));
    switch (random.nextInt(20)) {
      case 0, 1, 2 -> open(who);
      case 3, 15 -> nanoTime += TimeUnit.MILLISECONDS.toNanos(random.nextInt(20_000));
      case 4 -> renew(client);
      case 5 -> {
        if (random.nextInt(4) == 0) {
          close(client);
        }
      }
      case 6 -> fold(client);
      case 7 -> grantInodes(client);
      case 8 -> save();
      case 9 -> crash();
      case 10, 11, 12 -> repeat(client);
      default -> commit(client);
    }
  }

  private void open(int who) throws IOException {
    Client client = clients[who];
    Optional<HeadResult> result =
        execute(
            Command.newBuilder().setOpen(fixture.open(client.session).toBuilder().setAlone(true)),
            NO_BODIES);
    if (result.isEmpty()) {
      return;
    }
    switch (result.get()) {
      case HeadResult.Opened(var grant) -> {
        assertEquals(log.peek(HeadSimulation::state), grant.state());
        assertFalse(fenced.contains(client.session), "a fenced session was opened");
        for (Client other : clients) {
          if (other != client && other.opened && fenced.add(other.session)) {
            takeovers++;
          }
        }
        client.opened = true;
        for (int i = 0; i < CLIENTS; i++) {
          clients[i] = i == who || random.nextBoolean() ? clients[i] : newClient();
        }
      }
      case HeadResult.Refused(Reason reason, _) -> {
        if (reason == Reason.FENCED) {
          clients[who] = newClient();
        } else {
          assertEquals(Reason.HELD, reason);
        }
      }
      default -> fail("an opening was answered by " + result);
    }
  }

  private void renew(Client client) throws IOException {
    RenewRequest request =
        RenewRequest.newBuilder().setVolume(fixture.id()).setSession(id(client)).build();
    execute(Command.newBuilder().setRenew(request), NO_BODIES)
        .ifPresent(
            result ->
                fencedOr(
                    client,
                    result,
                    new HeadResult.Renewed(new Renewal(Quota.NONE, history.size(), true, 1))));
  }

  private void close(Client client) throws IOException {
    CloseRequest request =
        CloseRequest.newBuilder().setVolume(fixture.id()).setSession(id(client)).build();
    if (execute(Command.newBuilder().setClose(request), NO_BODIES).isPresent()) {
      fenced.add(client.session);
    }
  }

  private void grantInodes(Client client) throws IOException {
    GrantInodesRequest request =
        GrantInodesRequest.newBuilder()
            .setVolume(fixture.id())
            .setSession(id(client))
            .setCount(1 + random.nextInt(9))
            .build();
    Optional<HeadResult> result = execute(Command.newBuilder().setGrantInodes(request), NO_BODIES);
    if (result.isPresent() && result.get() instanceof HeadResult.Granted(var range)) {
      assertTrue(range.first() >= nextInode, "inodes were granted twice");
      nextInode = range.end();
    }
  }

  private void fold(Client client) throws IOException {
    HeadState state = log.peek(HeadSimulation::state);
    long through =
        state.rootSequence() + random.nextInt((int) (state.sequence() - state.rootSequence()) + 1);
    ByteString newRoot =
        HeadMessages.encodeRoot(
            Cid.of(Codec.DAG_CBOR, Long.toString(through).getBytes(StandardCharsets.UTF_8)));
    ByteString expected = HeadMessages.encodeRoot(state.root());
    execute(
            Command.newBuilder().setFold(fixture.fold(client.session, expected, newRoot, through)),
            NO_BODIES)
        .ifPresent(result -> fencedOr(client, result, new HeadResult.Done()));
  }

  private void commit(Client client) throws IOException {
    long first = client.sent.size() + 1L;
    if (client.results.size() < client.sent.size()) {
      // Something sent has no answer yet: it comes first, as a client that waits for its batches
      // does.
      first = client.results.size() + 1L;
    }
    int fresh = 1 + random.nextInt(4);
    for (int i = 0; i < fresh; i++) {
      client.sent.add(client.session + " " + client.sent.size() + " ".repeat(random.nextInt(30)));
    }
    send(client, first, client.sent.size());
  }

  /** Sends again what has no result, or some of what has not been acknowledged. */
  private void repeat(Client client) throws IOException {
    long unacknowledged = client.sent.size() - client.acknowledged;
    if (unacknowledged == 0) {
      return;
    }
    long answered = client.results.size() - client.acknowledged;
    long first = client.acknowledged + 1 + random.nextLong(answered + 1);
    if (first <= client.sent.size()) {
      repeats++;
      long count = 1 + random.nextLong(client.sent.size() - first + 1);
      send(client, first, first + count - 1);
    }
  }

  private void send(Client client, long first, long last) throws IOException {
    long acknowledged = client.acknowledged;
    if (random.nextBoolean()) {
      acknowledged = Math.max(acknowledged, Math.min(client.results.size(), first - 1));
      client.acknowledged = acknowledged;
    }
    List<Commit> batch =
        client.sent.subList((int) first - 1, (int) last).stream().map(HeadFixture::commit).toList();
    Command.Builder command =
        Command.newBuilder().setCommit(fixture.commit(client.session, first, acknowledged, batch));
    Optional<HeadResult> result = execute(command, HeadMessages.joinBodies(batch));
    if (result.isEmpty()) {
      return;
    }
    switch (result.get()) {
      case HeadResult.Outcomes(CommitResult(var outcomes, var _)) -> {
        assertFalse(fenced.contains(client.session), "a fenced session committed");
        observe();
        for (int i = 0; i < outcomes.size(); i++) {
          CommitOutcome before = client.results.putIfAbsent(first + i, outcomes.get(i));
          assertTrue(before == null || before.equals(outcomes.get(i)), "another result");
          acknowledged(client.sent.get((int) first - 1 + i), outcomes.get(i));
        }
      }
      case HeadResult.Refused(Reason reason, String message) -> {
        // A session that was never opened is refused like a dead one.
        assertEquals(Reason.FENCED, reason, message);
      }
      default -> fail("a commit was answered by " + result);
    }
  }

  /** What was acknowledged is in the history, where it was said to be. */
  private void acknowledged(String body, CommitOutcome outcome) {
    if (outcome instanceof Committed(long sequence)) {
      Delta delta = history.get((int) sequence - 1);
      assertEquals(body, new String(delta.body(), StandardCharsets.UTF_8));
    } else {
      fail("a transaction without reads was not committed but " + outcome);
    }
  }

  private void save() throws IOException {
    try {
      log.save();
    } catch (CrashingJournal.Crash e) {
      recover();
    }
  }

  private void crash() throws IOException {
    if (random.nextInt(3) == 0) {
      recover();
    }
  }

  private void recover() throws IOException {
    crashes++;
    journal.setCrashProbability(0);
    journal.crash();
    // The machine's own clock may have started anew.
    nanoTime = random.nextLong(1L << 40);
    log = CommandLog.open(journal, () -> nanoTime);
    journal.setCrashProbability(CRASHES);
  }

  /** The result; empty if the process died, with or without having executed the command. */
  private Optional<HeadResult> execute(Command.Builder command, byte[] joined) throws IOException {
    try {
      return Optional.of(log.execute(List.of(new Proposal(command, joined))).getFirst());
    } catch (CrashingJournal.Crash e) {
      recover();
      return Optional.empty();
    }
  }

  /** Reads what is new, and checks that it continues what was seen before. */
  private void observe() throws IOException {
    HeadState state = log.peek(HeadSimulation::state);
    assertTrue(state.sequence() >= history.size(), "committed transactions were lost");
    read(state, Math.max(state.rootSequence(), history.size()));
    assertEquals(state.sequence(), history.size());
    assertEquals(state.chain(), chain());
  }

  private void read(HeadState state, long after) {
    try {
      DeltaReader reader = new DeltaReader(log::peek, journal::bodies);
      List<Delta> kept = reader.read(fixture.volume, after);
      assertEquals(state.sequence() - after, kept.size());
      for (Delta delta : kept) {
        int index = (int) delta.sequence() - 1;
        if (index < history.size()) {
          assertEquals(history.get(index).chain(), delta.chain(), "history was changed");
        } else {
          append(delta);
        }
      }
    } catch (IOException e) {
      fail(e);
    }
  }

  private void append(Delta delta) {
    assertEquals(history.size() + 1, delta.sequence(), "a gap");
    assertEquals(chain().next(delta.sequence(), delta.session(), delta.body()), delta.chain());
    assertFalse(fenced.contains(delta.session()), "a fenced session committed");
    assertTrue(bodies.add(new String(delta.body(), StandardCharsets.UTF_8)), "committed twice");
    history.add(delta);
  }

  private ChainHash chain() {
    return history.isEmpty() ? ChainHash.start(fixture.volume) : history.getLast().chain();
  }

  private void compareWithReplays() throws IOException {
    HeadState now = log.peek(HeadSimulation::state);
    read(now, now.rootSequence());
    List<byte[]> state = log.peek(HeadMachine::snapshot);
    assertSame(state, CommandLog.recover(journal, journal.snapshot()).snapshot());
    assertSame(state, CommandLog.recover(journal.fromTheBeginning(), List.of()).snapshot());
    assertSame(state, HeadMachine.restore(state).snapshot());
  }

  private static void assertSame(List<byte[]> expected, List<byte[]> actual) {
    assertEquals(expected.size(), actual.size());
    for (int i = 0; i < expected.size(); i++) {
      assertArrayEquals(expected.get(i), actual.get(i));
    }
  }

  private static void fencedOr(Client client, HeadResult result, HeadResult expected) {
    if (!(result instanceof HeadResult.Refused(Reason reason, _) && reason == Reason.FENCED)) {
      assertEquals(expected, result, "of " + client.session);
    }
  }

  private static HeadState state(HeadMachine machine) {
    return machine.list(machine.nowMillis()).getFirst().state();
  }

  private static ByteString id(Client client) {
    return HeadMessages.encode(client.session);
  }
}
