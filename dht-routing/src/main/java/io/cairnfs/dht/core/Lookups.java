package io.cairnfs.dht.core;

import io.cairnfs.dht.record.NodeRecord;
import io.cairnfs.protocol.identity.Key256;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Runs the lookups that are in progress. */
final class Lookups {

  private final DhtConfig config;
  private final Neighbours neighbours;
  private final Outbox outbox;
  private final Set<Lookup> running = new LinkedHashSet<>();

  Lookups(DhtConfig config, Neighbours neighbours, Outbox outbox) {
    this.config = config;
    this.neighbours = neighbours;
    this.outbox = outbox;
  }

  int running() {
    return running.size();
  }

  void start(Key256 target, int width, long now, Lookup.Continuation continuation) {
    RoutingTable table = neighbours.table();
    table.lookedUp(target, now);
    List<NodeRecord> nearest = table.closestLive(target, Math.max(width, config.k()));
    Lookup lookup =
        new Lookup(neighbours.self().id(), target, width, config, nearest, continuation);
    running.add(lookup);
    advance(lookup, now);
  }

  void answered(Purpose.Step step, Response.Nodes nodes, long now) {
    if (!step.lookup().isFinished()) {
      step.lookup().answered(step.candidate(), nodes);
      advance(step.lookup(), now);
    }
  }

  void failed(Purpose.Step step, long now) {
    if (!step.lookup().isFinished()) {
      step.lookup().failed(step.candidate());
      advance(step.lookup(), now);
    }
  }

  /** Lookups that wait for slow nodes ask others. */
  void tick(long now) {
    for (Lookup lookup : List.copyOf(running)) {
      if (lookup.markSlow(now - config.timing().slowMillis())) {
        advance(lookup, now);
      }
    }
  }

  private void advance(Lookup lookup, long now) {
    for (Lookup.Candidate candidate : lookup.nextToAsk(neighbours::isDown, now)) {
      outbox.send(
          candidate.node.peer(),
          new Request.FindNode(lookup.target(), Math.max(lookup.width(), config.k())),
          new Purpose.Step(lookup, candidate));
    }
    if (lookup.isExhausted()) {
      running.remove(lookup);
      lookup.finish(now);
    }
  }
}
