package io.cairnfs.dht.simulation;

import io.cairnfs.dht.core.DhtConfig;
import io.cairnfs.dht.core.Input;
import io.cairnfs.dht.core.Kademlia;
import io.cairnfs.dht.core.LookupResult;
import io.cairnfs.dht.core.Output;
import io.cairnfs.dht.core.Request;
import io.cairnfs.dht.core.Response;
import io.cairnfs.dht.record.NodeRecord;
import io.cairnfs.dht.testing.TestNodes;
import io.cairnfs.protocol.identity.Key256;
import io.cairnfs.protocol.identity.NodeId;
import io.cairnfs.protocol.transport.Peer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * A network of cores: delivers their messages with a latency or loses them, lets time pass, and
 * stops and starts nodes. Everything follows from the seed; {@link #digest} tells two runs apart.
 * Single-threaded.
 */
final class Simulation {

  private static final long MIN_LATENCY_MILLIS = 5;
  private static final long LATENCY_RANGE_MILLIS = 70;

  /** Most nodes have joined: one that has is found soon. */
  private static final int TRIES = 20;

  /** A node. */
  private static final class Member {
    final Kademlia core;
    final NodeRecord record;
    boolean alive = true;
    boolean joined;

    Member(Kademlia core, NodeRecord record) {
      this.core = core;
      this.record = record;
    }
  }

  private record Event(long atMillis, long order, Runnable action) {}

  private final SplittableRandom random;
  private final DhtConfig config;
  private final double loss;
  private final PriorityQueue<Event> events =
      new PriorityQueue<>(
          Comparator.comparingLong(Event::atMillis).thenComparingLong(Event::order));
  private final Map<NodeId, Member> members = new HashMap<>();
  private final List<Member> alive = new ArrayList<>();
  private final Map<Long, LookupResult> results = new HashMap<>();
  private final Map<Long, Long> takenMillis = new HashMap<>();
  private final Map<Long, Long> begunMillis = new HashMap<>();
  private final Map<Long, NodeId> askers = new HashMap<>();
  private long now;
  private long order;
  private long nextNumber = 1;
  private long messages;
  private long digest = 17;
  private int joined;

  /**
   * @param loss share of messages that are lost, requests and replies alike
   */
  Simulation(long seed, DhtConfig config, double loss) {
    this.random = new SplittableRandom(seed);
    this.config = config;
    this.loss = loss;
  }

  long nowMillis() {
    return now;
  }

  /** Messages sent, lost ones included. */
  long messages() {
    return messages;
  }

  /** Follows from every event in order. */
  long digest() {
    return digest;
  }

  int size() {
    return alive.size();
  }

  /** How many nodes joined in all. */
  int joined() {
    return joined;
  }

  Key256 randomKey() {
    return TestNodes.randomKey(random);
  }

  int below(int bound) {
    return random.nextInt(bound);
  }

  /** Starts a new node, which joins by some node that is alive and has joined if possible. */
  void startNode() {
    NodeRecord record = TestNodes.record(randomKey());
    List<Peer> bootstrap = alive.isEmpty() ? List.of() : List.of(someoneToJoin().record.peer());
    Kademlia core = new Kademlia(record, config, bootstrap, value -> true, random.nextLong());
    Member member = new Member(core, record);
    members.put(record.id(), member);
    alive.add(member);
    after(random.nextLong(config.tickMillis()), () -> tick(member));
  }

  private Member someoneToJoin() {
    Member member = randomMember();
    for (int tries = 0; !member.joined && tries < TRIES; tries++) {
      member = randomMember();
    }
    return member;
  }

  private Member randomMember() {
    return alive.get(random.nextInt(alive.size()));
  }

  /** Kills some node. */
  NodeId killNode() {
    int index = random.nextInt(alive.size());
    Member victim = alive.get(index);
    victim.alive = false;
    members.remove(victim.record.id());
    Member last = alive.removeLast();
    if (last != victim) {
      alive.set(index, last);
    }
    return victim.record.id();
  }

  /** Lets some node look up the nodes closest to a key. Returns the operation's number. */
  long startLookup(Key256 target, int width) {
    return startLookup(randomMember(), target, width);
  }

  /** Lets the node that started last look up the nodes closest to a key. */
  long startLookupByLatest(Key256 target, int width) {
    return startLookup(alive.getLast(), target, width);
  }

  private long startLookup(Member member, Key256 target, int width) {
    long operation = nextNumber++;
    begunMillis.put(operation, now);
    askers.put(operation, member.record.id());
    feed(member, new Input.StartLookup(operation, target, width));
    return operation;
  }

  @Nullable LookupResult result(long operation) {
    return results.get(operation);
  }

  @Nullable NodeId asker(long operation) {
    return askers.get(operation);
  }

  long takenMillis(long operation) {
    return takenMillis.getOrDefault(operation, 0L);
  }

  void runFor(long millis) {
    long end = now + millis;
    for (Event next = events.peek(); next != null && next.atMillis <= end; next = events.peek()) {
      events.remove();
      now = next.atMillis;
      next.action.run();
    }
    now = end;
  }

  private void after(long millis, Runnable action) {
    events.add(new Event(now + millis, order++, action));
  }

  private void tick(Member member) {
    if (member.alive) {
      feed(member, new Input.Tick());
      after(config.tickMillis(), () -> tick(member));
    }
  }

  private void feed(Member member, Input input) {
    if (!member.alive) {
      return;
    }
    for (Output output : member.core.advance(input, now)) {
      perform(member, output);
    }
  }

  private void perform(Member member, Output output) {
    digest = digest * 31 + now;
    digest = digest * 31 + member.record.id().hashCode();
    digest = digest * 31 + output.getClass().getSimpleName().hashCode();
    switch (output) {
      case Output.Send send -> send(member, send);
      case Output.LookupDone(long operation, LookupResult result) -> {
        results.put(operation, result);
        takenMillis.put(operation, now - begunMillis.getOrDefault(operation, now));
      }
      case Output.Joined _ -> {
        member.joined = true;
        joined++;
      }
      case Output.Answer _ ->
          throw new IllegalStateException("answers are taken where requests arrive");
      case Output.ReadDone _,
          Output.WriteDone _,
          Output.Refused _,
          Output.Up _,
          Output.Changed _,
          Output.Down _,
          Output.Forgotten _,
          Output.Keep _,
          Output.SelfOutdated _ -> {
        // Nobody waits for these here.
      }
    }
  }

  /** A request is answered, or fails at its deadline. */
  private void send(Member from, Output.Send send) {
    messages++;
    long deadline = now + config.timing().requestTimeoutMillis();
    if (isLost()) {
      failAt(from, send, deadline);
    } else {
      after(latency(), () -> arrive(from, send, deadline));
    }
  }

  private void arrive(Member from, Output.Send send, long deadline) {
    NodeId id = send.to().id();
    Member to = id == null ? null : members.get(id);
    if (to == null) {
      failAt(from, send, deadline);
      return;
    }
    Response response = ask(to, from.record, send.request());
    messages++;
    if (isLost()) {
      failAt(from, send, deadline);
    } else {
      after(latency(), () -> feed(from, new Input.Replied(send.requestId(), to.record, response)));
    }
  }

  private Response ask(Member to, NodeRecord sender, Request request) {
    Response response = null;
    for (Output output : to.core.advance(new Input.Asked(nextNumber++, sender, request), now)) {
      if (output instanceof Output.Answer(long token, Response given)) {
        digest = digest * 31 + token;
        response = given;
      } else {
        perform(to, output);
      }
    }
    if (response == null) {
      throw new IllegalStateException("every request is answered");
    }
    return response;
  }

  private void failAt(Member from, Output.Send send, long deadline) {
    after(Math.max(0, deadline - now), () -> feed(from, new Input.Failed(send.requestId())));
  }

  private boolean isLost() {
    return random.nextDouble() < loss;
  }

  private long latency() {
    return MIN_LATENCY_MILLIS + random.nextLong(LATENCY_RANGE_MILLIS);
  }

  /** The true answer to a lookup: the nodes closest to a key of all that are alive. */
  List<NodeId> closestAlive(Key256 target, int width) {
    return alive.stream()
        .map(member -> member.record.id())
        .sorted((a, b) -> target.compareDistance(a.key(), b.key()))
        .limit(width)
        .toList();
  }

  boolean isAlive(NodeId id) {
    return members.containsKey(id);
  }

  void checkInvariants() {
    alive.forEach(member -> member.core.checkInvariants());
  }
}
