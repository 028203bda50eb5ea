package io.cairnfs.dht.core;

import io.cairnfs.dht.record.NodeRecord;
import io.cairnfs.protocol.identity.Key256;
import io.cairnfs.protocol.identity.NodeId;
import io.cairnfs.protocol.transport.Peer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One participant of the distributed hash table, as a pure state machine: inputs and the time go
 * in, outputs come out. It has no clock, thread, socket or random source; the same seed and inputs
 * give the same outputs. Not thread-safe.
 *
 * <p>Sources: Maymounkov and Mazières, "Kademlia" (2002); Baumgart and Mies, "S/Kademlia" (2007).
 */
public final class Kademlia {

  /** Lookups, reads and writes in progress at once; more are refused. */
  public static final int MAX_OPERATIONS = 256;

  private final DhtConfig config;
  private final Outbox outbox = new Outbox();
  private final SplitMix chance;
  private final Neighbours neighbours;
  private final Lookups lookups;
  private final Values values;
  private boolean joined;
  private boolean lookingAround;
  private long nextLookAroundMillis;
  private long lookAroundIntervalMillis;
  private boolean refreshing;

  /**
   * @param self this node's record; a client's is never sent
   * @param bootstrap whom to join by; an id may be unknown
   * @param validator says which values are kept and believed
   * @param seed of every random choice
   */
  public Kademlia(
      NodeRecord self,
      DhtConfig config,
      List<Peer> bootstrap,
      ValueValidator validator,
      long seed) {
    this.config = config;
    this.chance = new SplitMix(seed);
    this.lookAroundIntervalMillis = config.timing().probeIntervalMillis();
    this.neighbours = new Neighbours(self, config, bootstrap, outbox, chance);
    this.lookups = new Lookups(config, neighbours, outbox);
    this.values = new Values(config, neighbours, lookups, outbox, validator, chance);
  }

  /**
   * Takes a step.
   *
   * @param nowMillis any clock that never goes back
   */
  public List<Output> advance(Input input, long nowMillis) {
    switch (input) {
      case Input.Tick() -> tick(nowMillis);
      case Input.Asked asked -> asked(asked, nowMillis);
      case Input.Replied replied -> replied(replied, nowMillis);
      case Input.Failed(long requestId) -> {
        Purpose purpose = outbox.end(requestId);
        if (purpose != null) {
          failed(purpose, nowMillis);
        }
      }
      case Input.StartLookup(long operation, Key256 target, int width) -> {
        if (admits(operation)) {
          lookups.start(
              target,
              width,
              nowMillis,
              (result, end) -> outbox.emit(new Output.LookupDone(operation, result)));
        }
      }
      case Input.StartRead(long operation, Key256 key) -> {
        if (admits(operation)) {
          values.startRead(operation, key, nowMillis);
        }
      }
      case Input.StartWrite(long operation, Value value) -> {
        if (admits(operation)) {
          values.startWrite(operation, value, nowMillis);
        }
      }
      case Input.JoinBy(List<Peer> bootstrap) -> neighbours.joinBy(bootstrap);
      case Input.SelfChanged(NodeRecord self) -> neighbours.setSelf(self);
      case Input.Suspect(NodeId node) -> neighbours.suspect(node, nowMillis);
      case Input.Remember(List<RememberedNode> nodes, List<Value> kept) -> {
        neighbours.remember(nodes, nowMillis);
        values.remember(kept, nowMillis);
      }
    }
    return outbox.drain();
  }

  /** Everybody in the routing table. */
  public List<PeerStatus> peers(long nowMillis) {
    return neighbours.statuses(nowMillis);
  }

  /** What this node keeps for others. */
  public List<Value> values() {
    return values.all();
  }

  /** Grows with every change of who is known, who is alive and what they published. */
  public long revision() {
    return neighbours.revision();
  }

  private boolean admits(long operation) {
    if (lookups.running() < MAX_OPERATIONS) {
      return true;
    }
    outbox.emit(new Output.Refused(operation));
    return false;
  }

  private void tick(long now) {
    neighbours.tick(now);
    lookups.tick(now);
    values.tick(now);
    if (!joined && neighbours.hasNobodyToJoin()) {
      join();
    }
    if (now >= nextLookAroundMillis) {
      lookAround(now);
    }
    if (joined && !refreshing && neighbours.table().size() >= config.k()) {
      refresh(now);
    }
  }

  private void join() {
    if (!joined) {
      joined = true;
      outbox.emit(new Output.Joined());
    }
  }

  /**
   * Looks for the own neighbours: often at first, since whom this node joined by might have been as
   * new itself, and ever less often later.
   */
  private void lookAround(long now) {
    if (lookingAround || neighbours.isAlone()) {
      return;
    }
    lookingAround = true;
    nextLookAroundMillis = now + chance.jittered(lookAroundIntervalMillis);
    lookAroundIntervalMillis =
        Math.min(2 * lookAroundIntervalMillis, config.timing().neighbourhoodIntervalMillis());
    lookups.start(
        neighbours.self().id().key(),
        config.k(),
        now,
        (result, end) -> {
          lookingAround = false;
          if (result.closest().isEmpty()) {
            nextLookAroundMillis = end;
          } else {
            join();
          }
        });
  }

  /** Looks into a bucket that nobody looked into for long. */
  private void refresh(long now) {
    Key256 target = neighbours.staleBucket(now);
    if (target != null) {
      refreshing = true;
      lookups.start(target, config.k(), now, (result, end) -> refreshing = false);
    }
  }

  private void asked(Input.Asked asked, long now) {
    NodeRecord sender = asked.sender();
    Response response =
        switch (asked.request()) {
          case Request.Ping() -> new Response.Pong();
          case Request.FindNode(Key256 target, int count) ->
              closestTo(target, Math.clamp(count, 1, Request.MAX_NODES), sender, now);
          case Request.PutValue(Value value) -> values.put(value, now);
          case Request.GetValue(Key256 key) -> values.held(key);
        };
    outbox.emit(new Output.Answer(asked.token(), response));
    if (sender != null) {
      neighbours.asked(sender, now);
    }
  }

  private Response.Nodes closestTo(
      Key256 target, int count, @Nullable NodeRecord asking, long now) {
    List<NodeRecord> closer =
        neighbours.table().closestLive(target, count + 1).stream()
            .filter(node -> asking == null || !node.id().equals(asking.id()))
            .limit(count)
            .toList();
    List<RememberedNode> down =
        neighbours.closestDown(target, config.k(), now).stream()
            .filter(node -> asking == null || !node.record().id().equals(asking.id()))
            .toList();
    return new Response.Nodes(closer, down);
  }

  private void replied(Input.Replied replied, long now) {
    Purpose purpose = outbox.end(replied.requestId());
    if (purpose == null) {
      return;
    }
    NodeRecord responder = replied.responder();
    if (!isExpected(purpose, responder.id())) {
      failed(purpose, now);
      return;
    }
    if (purpose instanceof Purpose.Join(Peer seed) && seed.id() == null) {
      // Whoever is at an address may show another's record: that one is asked itself.
      neighbours.heard(responder);
      return;
    }
    if (neighbours.answered(responder, now)) {
      values.cameUp(responder, now);
      if (!joined) {
        lookAround(now);
      }
    }
    switch (purpose) {
      case Purpose.Probe _, Purpose.Join _, Purpose.Push _ -> {
        // That it answered is all.
      }
      case Purpose.Step step -> {
        if (replied.response() instanceof Response.Nodes nodes) {
          nodes.closer().forEach(neighbours::heard);
          nodes.down().forEach(node -> neighbours.heardDown(node, now));
          lookups.answered(step, nodes, now);
        } else {
          lookups.failed(step, now);
        }
      }
      case Purpose.Fetch(ValueRead read, NodeRecord node) -> {
        if (replied.response() instanceof Response.Held(Value value)) {
          values.fetched(read, node, value);
        } else {
          values.fetchFailed(read);
        }
      }
      case Purpose.Store(ValueWrite write, NodeRecord _) -> {
        if (replied.response() instanceof Response.PutOutcome outcome) {
          values.stored(write, outcome);
        } else {
          values.storeFailed(write);
        }
      }
    }
  }

  private static boolean isExpected(Purpose purpose, NodeId responder) {
    return switch (purpose) {
      case Purpose.Join(Peer seed) -> seed.id() == null || responder.equals(seed.id());
      case Purpose.Probe(NodeRecord node) -> responder.equals(node.id());
      case Purpose.Push(NodeRecord node) -> responder.equals(node.id());
      case Purpose.Fetch(ValueRead _, NodeRecord node) -> responder.equals(node.id());
      case Purpose.Store(ValueWrite _, NodeRecord node) -> responder.equals(node.id());
      case Purpose.Step(Lookup _, Lookup.Candidate candidate) ->
          responder.equals(candidate.node.id());
    };
  }

  private void failed(Purpose purpose, long now) {
    switch (purpose) {
      case Purpose.Join _ -> {
        // It is tried again with back-off.
      }
      case Purpose.Probe(NodeRecord node) -> neighbours.probeFailed(node, now);
      case Purpose.Push(NodeRecord node) -> neighbours.suspect(node.id(), now);
      case Purpose.Step step -> {
        neighbours.suspect(step.candidate().node.id(), now);
        lookups.failed(step, now);
      }
      case Purpose.Fetch(ValueRead read, NodeRecord node) -> {
        neighbours.suspect(node.id(), now);
        values.fetchFailed(read);
      }
      case Purpose.Store(ValueWrite write, NodeRecord node) -> {
        neighbours.suspect(node.id(), now);
        values.storeFailed(write);
      }
    }
  }

  /**
   * For tests and simulation.
   *
   * @throws IllegalStateException if the state is not what it should always be
   */
  public void checkInvariants() {
    neighbours.table().checkInvariants();
  }
}
