package io.cairnfs.node.head;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.cairnfs.node.head.machine.HeadMachine;
import io.cairnfs.node.head.machine.HeadResult;
import io.cairnfs.node.head.machine.Sharing;
import io.cairnfs.protocol.head.CommitOutcome;
import io.cairnfs.protocol.head.CommitOutcome.Committed;
import io.cairnfs.protocol.head.CommitResult;
import io.cairnfs.protocol.head.Delta;
import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.head.HeadException.Reason;
import io.cairnfs.protocol.head.News;
import io.cairnfs.protocol.head.SessionId;
import io.cairnfs.protocol.head.message.Command;
import io.cairnfs.protocol.head.message.CommitHeader;
import io.cairnfs.protocol.head.message.CommitRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The voter of a simulation: the log and the state machine, and above them what the leader keeps in
 * memory. It dies now and then, and keeps what a journal keeps. It checks the history as it grows,
 * against one that executes all transactions in order.
 */
final class SimulatedVoter {

  /** A safeguard that is taken away, to see that a simulation notices. */
  enum Flaw {
    NONE,
    NO_CONFLICT_CHECK,
    ANSWER_BEFORE_RELEASE
  }

  private static final byte[] NO_BODIES = new byte[0];
  private static final double CRASHES = 0.002;

  private final HeadFixture fixture;
  private final SimulatedWorld world;
  private final Flaw flaw;
  private final CrashingJournal journal;
  private final List<Delta> history = new ArrayList<>();
  private final Map<Integer, Long> values = new TreeMap<>();
  private final Set<String> executed = new HashSet<>();
  private final Set<SessionId> fenced = new HashSet<>();
  private final Consumer<Long> onAnswer;
  private ReleaseTracker tracker = new ReleaseTracker();
  private CommandLog log;
  private long startNanos;
  private int crashes;
  private int conflicts;

  /**
   * @param onAnswer told of each sequence of which a session tells its programs
   */
  SimulatedVoter(HeadFixture fixture, SimulatedWorld world, Flaw flaw, Consumer<Long> onAnswer)
      throws IOException {
    this.fixture = fixture;
    this.world = world;
    this.flaw = flaw;
    this.onAnswer = onAnswer;
    journal = new CrashingJournal(world.random);
    log = CommandLog.open(journal, this::nanoTime);
    execute(Command.newBuilder().setFound(fixture.found()), NO_BODIES);
    journal.setCrashProbability(CRASHES);
  }

  private long nanoTime() {
    return startNanos + TimeUnit.MILLISECONDS.toNanos(world.nowMillis());
  }

  int crashes() {
    return crashes;
  }

  int conflicts() {
    return conflicts;
  }

  List<Delta> history() {
    return history;
  }

  /** Executes a request; no answer if the process dies. */
  void request(Command.Builder command, byte[] bodies, Consumer<HeadResult> answer)
      throws IOException {
    if (flaw == Flaw.NO_CONFLICT_CHECK && command.hasCommit()) {
      command = withoutReads(command);
    }
    HeadResult result;
    try {
      result = execute(command, bodies);
    } catch (CrashingJournal.Crash e) {
      recover();
      return;
    }
    observe();
    count(result);
    answer.accept(result);
  }

  /** Whether sessions tell of what is committed without waiting for its release. */
  boolean answersEarly() {
    return flaw == Flaw.ANSWER_BEFORE_RELEASE;
  }

  /** A session tells its programs that a transaction happened. */
  void answered(long sequence) {
    onAnswer.accept(sequence);
  }

  private static Command.Builder withoutReads(Command.Builder command) {
    CommitRequest.Builder commit = command.getCommit().toBuilder();
    for (CommitHeader.Builder header : commit.getCommitBuilderList()) {
      header.clearTokenRead();
    }
    return command.clone().setCommit(commit);
  }

  private HeadResult execute(Command.Builder command, byte[] bodies) throws IOException {
    return log.execute(List.of(new Proposal(command.clone(), bodies))).getFirst();
  }

  private void count(HeadResult result) {
    if (result instanceof HeadResult.Outcomes(CommitResult(var outcomes, var _))) {
      for (CommitOutcome outcome : outcomes) {
        conflicts += outcome instanceof Committed ? 0 : 1;
      }
    }
  }

  /** News, at once: sessions ask again. Empty if the session is dead or asks for nonsense. */
  void watch(SessionId session, long taken, Consumer<News> answer) throws IOException {
    Sharing sharing = sharing();
    var me = sharing.member(session);
    if (me.isEmpty()) {
      return;
    }
    assertTrue(taken <= sharing.state().sequence(), "a session took what was never committed");
    tracker.took(session, taken);
    Moment moment =
        new Moment(sharing, me.get(), tracker.released(sharing, log.nowMillis()), log.nowMillis());
    answer.accept(
        moment.toNews(
            moment.hasDeltasAfter(taken)
                ? history.subList((int) taken, history.size())
                : List.of()));
  }

  private Sharing sharing() {
    try {
      return log.peek(machine -> machine.sharing(fixture.volume));
    } catch (HeadException e) {
      return fail(e);
    }
  }

  /** The process dies, and another one takes over. */
  void recover() throws IOException {
    crashes++;
    journal.setCrashProbability(0);
    journal.crash();
    // The machine's own clock may have started anew.
    startNanos = world.random.nextLong(1L << 40);
    log = CommandLog.open(journal, this::nanoTime);
    tracker = new ReleaseTracker();
    journal.setCrashProbability(world.isCalm() ? 0 : CRASHES);
    observe();
  }

  void save() throws IOException {
    try {
      log.save();
    } catch (CrashingJournal.Crash e) {
      recover();
    }
  }

  void calm() {
    journal.setCrashProbability(0);
  }

  /** A session was told that it is dead. */
  void fenced(SessionId session) {
    fenced.add(session);
  }

  /** Reads what is new, and checks that it continues what was seen before. */
  private void observe() throws IOException {
    DeltaReader reader = new DeltaReader(log::peek, journal::bodies);
    long sequence = sharing().state().sequence();
    assertTrue(sequence >= history.size(), "committed transactions were lost");
    while (history.size() < sequence) {
      for (Delta delta : reader.read(fixture.volume, history.size())) {
        append(delta);
      }
    }
  }

  private void append(Delta delta) {
    assertEquals(history.size() + 1, delta.sequence(), "a gap");
    assertFalse(fenced.contains(delta.session()), "a fenced session committed");
    KeyValueTransaction transaction = KeyValueTransaction.of(delta.body());
    assertTrue(executed.add(transaction.id()), "executed twice");
    transaction
        .reads()
        .forEach(
            (key, value) ->
                assertEquals(
                    values.getOrDefault(key, 0L),
                    value,
                    () -> transaction.id() + " is not serializable: it read key " + key));
    values.putAll(transaction.writes());
    history.add(delta);
  }

  /** What a replay from the last snapshot gives is what there is. */
  void compareWithReplay() throws IOException {
    List<byte[]> state;
    try {
      state = log.peek(HeadMachine::snapshot);
    } catch (HeadException e) {
      throw new AssertionError(e);
    }
    List<byte[]> replayed = CommandLog.recover(journal, journal.snapshot()).snapshot();
    assertEquals(state.size(), replayed.size());
    for (int i = 0; i < state.size(); i++) {
      assertArrayEquals(state.get(i), replayed.get(i));
    }
  }

  static boolean isFenced(HeadResult result) {
    return result instanceof HeadResult.Refused(Reason reason, _) && reason == Reason.FENCED;
  }
}
