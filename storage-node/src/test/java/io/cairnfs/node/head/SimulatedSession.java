package io.cairnfs.node.head;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.cairnfs.node.head.machine.HeadResult;
import io.cairnfs.protocol.head.Commit;
import io.cairnfs.protocol.head.CommitOutcome;
import io.cairnfs.protocol.head.CommitOutcome.Committed;
import io.cairnfs.protocol.head.CommitResult;
import io.cairnfs.protocol.head.Delta;
import io.cairnfs.protocol.head.HeadException.Reason;
import io.cairnfs.protocol.head.HeadLimits;
import io.cairnfs.protocol.head.HeadMessages;
import io.cairnfs.protocol.head.News;
import io.cairnfs.protocol.head.Renewal;
import io.cairnfs.protocol.head.SessionGrant;
import io.cairnfs.protocol.head.SessionId;
import io.cairnfs.protocol.head.SessionRequests;
import io.cairnfs.protocol.head.message.Command;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * A mount in a simulation: it opens, renews, watches, runs transactions on its view, shares when it
 * is recalled and claims when it is alone; on a clock of its own that is a little fast or slow.
 */
final class SimulatedSession {

  /** Where a session is in its life. */
  enum Mode {
    OPENING,
    EXCLUSIVE,
    DRAINING,
    SHARED,
    CLAIMING,
    DEAD
  }

  /** A lease that counts once everything up to a sequence is taken. */
  private record Extension(long untilMillis, long sequence) {}

  static final int KEYS = 4;
  private static final long LEASE_MILLIS = HeadLimits.LEASE.toMillis();
  private static final int RETRY_MILLIS = 150;
  private static final byte[] NO_BODIES = new byte[0];

  final SessionId id;
  final SimulatedLocks locks;
  private final HeadFixture fixture;
  private final SimulatedWorld world;
  private final SimulatedVoter voter;
  private final double rate;
  private final Map<Integer, Long> view = new TreeMap<>();
  private final List<Extension> extensions = new ArrayList<>();
  private final List<KeyValueTransaction> pending = new ArrayList<>();
  private final Map<Long, CommitOutcome> results = new HashMap<>();
  private Mode mode = Mode.OPENING;
  private final Queue<Long> unreleased = new ArrayDeque<>();
  private List<Commit> batch = List.of();
  private long firstRequest = 1;
  private long taken;
  private long base;
  private long leaseEndMillis;
  private long frozenUntil;
  private long change;
  private long transactions;
  private long lastSent = -RETRY_MILLIS;
  private long lastRenewal = -RETRY_MILLIS;
  private long lastWatch = -RETRY_MILLIS;
  private long busySince;
  private boolean alone;
  private int claims;

  SimulatedSession(SessionId id, HeadFixture fixture, SimulatedWorld world, SimulatedVoter voter) {
    this.id = id;
    this.fixture = fixture;
    this.world = world;
    this.voter = voter;
    this.rate = 0.98 + 0.04 * world.random.nextDouble();
    this.locks = new SimulatedLocks(this, fixture, world);
    world.after(1 + world.random.nextInt(50), this::tick);
  }

  Mode mode() {
    return mode;
  }

  int claims() {
    return claims;
  }

  private long clock() {
    return (long) (world.nowMillis() * rate);
  }

  /** Whether its own count of the lease says that it may answer. */
  boolean leaseRuns() {
    return mode != Mode.DEAD && mode != Mode.OPENING && clock() < leaseEndMillis;
  }

  boolean isShared() {
    return mode == Mode.SHARED || mode == Mode.CLAIMING;
  }

  /** Whether a commit that is answered now is in its view. */
  boolean knows(Delta delta) {
    return isShared()
        ? taken >= delta.sequence()
        : delta.session().equals(id) || delta.sequence() <= base;
  }

  /** Whether nothing that it sent has been without an answer for long. */
  boolean makesProgress() {
    return (batch.isEmpty() && unreleased.isEmpty())
        || world.nowMillis() - busySince < 2 * LEASE_MILLIS;
  }

  void freeze(long millis) {
    frozenUntil = world.nowMillis() + millis;
  }

  /** It is gone without a word. */
  void crash() {
    mode = Mode.DEAD;
  }

  /** It closes, in peace. */
  void leave() {
    call(Command.newBuilder().setClose(fixture.close(id)), NO_BODIES, result -> {});
    mode = Mode.DEAD;
  }

  private void deliver(SimulatedWorld.Event event) throws java.io.IOException {
    if (world.nowMillis() < frozenUntil) {
      world.after(frozenUntil - world.nowMillis(), () -> deliver(event));
    } else if (mode != Mode.DEAD) {
      event.run();
    }
  }

  void call(Command.Builder command, byte[] bodies, Consumer<HeadResult> answer) {
    world.send(
        () ->
            voter.request(
                command,
                bodies,
                result ->
                    world.send(
                        () ->
                            deliver(
                                () -> {
                                  if (SimulatedVoter.isFenced(result)) {
                                    voter.fenced(id);
                                    mode = Mode.DEAD;
                                  } else {
                                    answer.accept(result);
                                  }
                                }))));
  }

  private void tick() throws java.io.IOException {
    deliver(this::act);
    if (mode != Mode.DEAD) {
      world.after(20 + world.random.nextInt(40), this::tick);
    }
  }

  private void act() {
    if (mode == Mode.OPENING) {
      if (mayRetry()) {
        open();
      }
      return;
    }
    if (leaseEndMillis - clock() < LEASE_MILLIS / 2
        && world.nowMillis() - lastRenewal > RETRY_MILLIS) {
      lastRenewal = world.nowMillis();
      renew();
    }
    if (world.nowMillis() - lastWatch > RETRY_MILLIS / 2) {
      lastWatch = world.nowMillis();
      watch();
    }
    locks.act();
    switch (mode) {
      case EXCLUSIVE -> {
        if (leaseRuns() && world.random.nextBoolean()) {
          pending.add(transaction());
          view.putAll(pending.getLast().writes());
        }
        commitPending();
      }
      case DRAINING -> drain();
      case SHARED -> workShared();
      case CLAIMING -> claim();
      case OPENING, DEAD -> {}
    }
  }

  /** Whether what was sent last has had its time; notes that something is sent now. */
  private boolean mayRetry() {
    if (world.nowMillis() - lastSent < RETRY_MILLIS) {
      return false;
    }
    lastSent = world.nowMillis();
    return true;
  }

  private void open() {
    long sent = clock();
    call(
        Command.newBuilder().setOpen(fixture.open(id)),
        NO_BODIES,
        result -> {
          switch (result) {
            case HeadResult.Opened(SessionGrant grant) -> {
              if (mode == Mode.OPENING) {
                mode = grant.exclusive() ? Mode.EXCLUSIVE : Mode.SHARED;
                leaseEndMillis = sent + LEASE_MILLIS;
                take(voter.history().subList(0, (int) grant.state().sequence()));
                base = taken;
              }
            }
            case HeadResult.Refused(Reason reason, String message) ->
                assertEquals(Reason.RECALLING, reason, message);
            default -> fail("an opening was answered by " + result);
          }
        });
  }

  private void renew() {
    long sent = clock();
    call(
        Command.newBuilder().setRenew(SessionRequests.renew(fixture.volume, id)),
        NO_BODIES,
        result -> {
          Renewal renewal = ((HeadResult.Renewed) result).renewal();
          extend(sent, renewal.sequence());
        });
  }

  /** Others may have been told what was committed while the lease did not run. */
  private void extend(long sent, long sequence) {
    extensions.add(new Extension(sent + LEASE_MILLIS, sequence));
    applyExtensions();
  }

  private void applyExtensions() {
    extensions.removeIf(
        extension -> {
          boolean counts = !isShared() || taken >= extension.sequence();
          if (counts) {
            leaseEndMillis = Math.max(leaseEndMillis, extension.untilMillis());
          }
          return counts;
        });
  }

  private void watch() {
    long said = isShared() ? taken : 0;
    world.send(() -> voter.watch(id, said, news -> world.send(() -> deliver(() -> hear(news)))));
  }

  private void hear(News news) {
    alone = news.alone();
    while (!unreleased.isEmpty() && unreleased.peek() <= news.released()) {
      voter.answered(unreleased.remove());
    }
    if (isShared()) {
      take(news.deltas());
      applyExtensions();
    } else if (mode == Mode.EXCLUSIVE && news.recalled()) {
      mode = Mode.DRAINING;
      change++;
    }
    locks.granted(news.grantedLocks());
  }

  private void take(List<Delta> deltas) {
    for (Delta delta : deltas) {
      if (delta.sequence() == taken + 1) {
        view.putAll(KeyValueTransaction.of(delta.body()).writes());
        taken++;
      }
    }
  }

  private KeyValueTransaction transaction() {
    Map<Integer, Long> reads = new TreeMap<>();
    Map<Integer, Long> writes = new TreeMap<>();
    long sum = ++transactions;
    for (int i = 0; i < 2; i++) {
      int key = world.random.nextInt(KEYS);
      reads.put(key, view.getOrDefault(key, 0L));
      sum += reads.get(key);
    }
    writes.put(world.random.nextInt(KEYS), sum % 1_000_003);
    return new KeyValueTransaction(id + "/" + transactions, reads, writes);
  }

  private void commitPending() {
    if (batch.isEmpty() && !pending.isEmpty() && world.random.nextInt(3) == 0) {
      int count = Math.min(pending.size(), 4);
      begin(pending.subList(0, count).stream().map(next -> next.toCommit(0, false)).toList());
    } else if (!batch.isEmpty() && mayRetry()) {
      send();
    }
  }

  private void workShared() {
    if (!batch.isEmpty()) {
      if (mayRetry()) {
        send();
      }
    } else if (alone && locks.areQuiet() && world.random.nextInt(4) == 0) {
      mode = Mode.CLAIMING;
      change++;
      lastSent = -RETRY_MILLIS;
    } else if (leaseRuns() && world.random.nextBoolean()) {
      List<Commit> commits = new ArrayList<>();
      for (int i = world.random.nextInt(3); i >= 0; i--) {
        commits.add(transaction().toCommit(taken, true));
      }
      begin(commits);
    }
  }

  private void begin(List<Commit> commits) {
    batch = commits;
    busySince = world.nowMillis();
    lastSent = world.nowMillis();
    send();
  }

  private void send() {
    long first = firstRequest;
    long sent = clock();
    List<Commit> commits = batch;
    call(
        Command.newBuilder().setCommit(fixture.commit(id, first, first - 1, commits)),
        HeadMessages.joinBodies(commits),
        result -> {
          switch (result) {
            case HeadResult.Outcomes(CommitResult committed) -> {
              extend(sent, committed.sequence());
              answered(first, committed.outcomes());
            }
            case HeadResult.Refused(Reason reason, String message) -> {
              assertEquals(Reason.REFUSED, reason, message);
              assertTrue(first < firstRequest, "only a late duplicate may be refused");
            }
            default -> fail("a commit was answered by " + result);
          }
        });
  }

  private void answered(long first, List<CommitOutcome> outcomes) {
    for (int i = 0; i < outcomes.size(); i++) {
      CommitOutcome before = results.putIfAbsent(first + i, outcomes.get(i));
      assertTrue(before == null || before.equals(outcomes.get(i)), "another result");
    }
    if (first != firstRequest) {
      return;
    }
    firstRequest += outcomes.size();
    batch = List.of();
    outcomes.forEach(this::tell);
    if (!isShared()) {
      for (CommitOutcome outcome : outcomes) {
        if (outcome instanceof Committed(long sequence)) {
          assertEquals(++taken, sequence, "somebody else committed");
          pending.removeFirst();
        } else {
          fail("an exclusive session's transaction came to " + outcome);
        }
      }
    }
  }

  /** Programs are told when it is released; of an exclusive session all is, at once. */
  private void tell(CommitOutcome outcome) {
    if (outcome instanceof Committed(long sequence)) {
      if (isShared() && !voter.answersEarly()) {
        unreleased.add(sequence);
      } else {
        voter.answered(sequence);
      }
    }
  }

  private void drain() {
    if (!pending.isEmpty()) {
      commitPending();
    } else if (batch.isEmpty() && mayRetry()) {
      long mine = change;
      call(
          Command.newBuilder()
              .setShare(SessionRequests.share(fixture.volume, id, mine, locks.held())),
          NO_BODIES,
          result -> {
            assertEquals(new HeadResult.Done(), result);
            if (mode == Mode.DRAINING && mine == change) {
              mode = Mode.SHARED;
            }
          });
    }
  }

  private void claim() {
    if (!mayRetry()) {
      return;
    }
    long mine = change;
    call(
        Command.newBuilder().setClaim(SessionRequests.claim(fixture.volume, id, mine, taken)),
        NO_BODIES,
        result -> {
          boolean exclusive = ((HeadResult.Claimed) result).exclusive();
          if (mode == Mode.CLAIMING && mine == change) {
            mode = exclusive ? Mode.EXCLUSIVE : Mode.SHARED;
            base = taken;
            claims += exclusive ? 1 : 0;
            applyExtensions();
          }
        });
  }
}
