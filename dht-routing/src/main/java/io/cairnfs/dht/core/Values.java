package io.cairnfs.dht.core;

import io.cairnfs.dht.record.NodeRecord;
import io.cairnfs.protocol.identity.Key256;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The small values that this node keeps, and the reads and writes of values that it makes. Holders
 * see to it that the nodes closest to a key have its value: regularly, and soon after one of them
 * came. Of several holders the first that does so saves the others the work.
 */
final class Values {

  /** Values that are given to others at once. */
  private static final int MAX_REPUBLISHING = 4;

  /** Within so many probe intervals after a node came it is given what it should hold. */
  private static final int HAND_OFF_INTERVALS = 4;

  /** A value, and when it is next given to the closest nodes. */
  private static final class Entry {
    Value value;
    long dueMillis;

    Entry(Value value, long dueMillis) {
      this.value = value;
      this.dueMillis = dueMillis;
    }
  }

  private final DhtConfig config;
  private final Neighbours neighbours;
  private final Lookups lookups;
  private final Outbox outbox;
  private final ValueValidator validator;
  private final SplitMix chance;
  private final Map<Key256, Entry> entries = new LinkedHashMap<>();
  private int republishing;

  Values(
      DhtConfig config,
      Neighbours neighbours,
      Lookups lookups,
      Outbox outbox,
      ValueValidator validator,
      SplitMix chance) {
    this.config = config;
    this.neighbours = neighbours;
    this.lookups = lookups;
    this.outbox = outbox;
    this.validator = validator;
    this.chance = chance;
  }

  List<Value> all() {
    return entries.values().stream().map(entry -> entry.value).toList();
  }

  Response.Held held(Key256 key) {
    return new Response.Held(own(key));
  }

  private @Nullable Value own(Key256 key) {
    Entry entry = entries.get(key);
    return entry == null ? null : entry.value;
  }

  Response.PutOutcome put(Value value, long now) {
    if (!validator.isValid(value)) {
      return new Response.PutOutcome(false, null);
    }
    Entry entry = entries.get(value.key());
    if (entry == null) {
      if (entries.size() >= config.maxValues()) {
        return new Response.PutOutcome(false, null);
      }
      entries.put(value.key(), new Entry(value, nextDue(now)));
      outbox.emit(new Output.Keep(value));
      return new Response.PutOutcome(true, null);
    }
    if (entry.value.supersedes(value)) {
      return new Response.PutOutcome(false, entry.value);
    }
    // Whoever put it puts it at the others, too.
    entry.dueMillis = nextDue(now);
    if (!entry.value.equals(value)) {
      entry.value = value;
      outbox.emit(new Output.Keep(value));
    }
    return new Response.PutOutcome(true, null);
  }

  void remember(List<Value> values, long now) {
    for (Value value : values) {
      put(value, now);
    }
  }

  /** A node came, or came back: it gets the values that it should hold. */
  void cameUp(NodeRecord node, long now) {
    for (Entry entry : entries.values()) {
      List<NodeRecord> closest = neighbours.table().closestLive(entry.value.key(), config.k());
      if (closest.contains(node)) {
        long soon = now + chance.below(HAND_OFF_INTERVALS * config.timing().probeIntervalMillis());
        entry.dueMillis = Math.min(entry.dueMillis, soon);
      }
    }
  }

  void tick(long now) {
    for (Entry entry : entries.values()) {
      if (republishing >= MAX_REPUBLISHING) {
        return;
      }
      if (entry.dueMillis <= now) {
        entry.dueMillis = nextDue(now);
        republish(entry.value, now);
      }
    }
  }

  private void republish(Value value, long now) {
    republishing++;
    lookups.start(
        value.key(),
        config.k(),
        now,
        (result, end) -> {
          republishing--;
          result.closest().forEach(node -> push(node, value));
        });
  }

  private long nextDue(long now) {
    return now + chance.jittered(config.timing().republishIntervalMillis());
  }

  private void push(NodeRecord node, Value value) {
    outbox.send(node.peer(), new Request.PutValue(value), new Purpose.Push(node));
  }

  void startWrite(long operation, Value value, long now) {
    lookups.start(
        value.key(), config.k(), now, (result, end) -> write(operation, value, result, end));
  }

  private void write(long operation, Value value, LookupResult result, long now) {
    List<NodeRecord> others = new ArrayList<>(result.closest());
    boolean ownTurn = isAmongClosest(value.key(), others);
    ValueWrite write =
        new ValueWrite(operation, value, others.size() + (ownTurn ? 1 : 0), others.size());
    if (ownTurn) {
      write.own(put(value, now));
    }
    for (NodeRecord node : others) {
      outbox.send(node.peer(), new Request.PutValue(value), new Purpose.Store(write, node));
    }
    finishIfComplete(write);
  }

  void stored(ValueWrite write, Response.PutOutcome outcome) {
    Value newer = outcome.newer();
    boolean valid =
        newer == null || (newer.key().equals(write.value.key()) && validator.isValid(newer));
    if (valid) {
      write.answered(outcome);
    } else {
      write.failed();
    }
    finishIfComplete(write);
  }

  void storeFailed(ValueWrite write) {
    write.failed();
    finishIfComplete(write);
  }

  private void finishIfComplete(ValueWrite write) {
    if (write.isComplete()) {
      outbox.emit(write.outcome());
    }
  }

  void startRead(long operation, Key256 key, long now) {
    lookups.start(key, config.k(), now, (result, end) -> read(operation, key, result));
  }

  private void read(long operation, Key256 key, LookupResult result) {
    List<NodeRecord> others = new ArrayList<>(result.closest());
    boolean ownTurn = isAmongClosest(key, others) || entries.containsKey(key);
    ValueRead read =
        new ValueRead(operation, key, others.size() + (ownTurn ? 1 : 0), others.size());
    if (ownTurn) {
      read.own(own(key));
    }
    for (NodeRecord node : others) {
      outbox.send(node.peer(), new Request.GetValue(key), new Purpose.Fetch(read, node));
    }
    finishIfComplete(read);
  }

  void fetched(ValueRead read, NodeRecord node, @Nullable Value value) {
    if (value == null || (value.key().equals(read.key) && validator.isValid(value))) {
      read.answered(node, value);
    } else {
      read.failed();
    }
    finishIfComplete(read);
  }

  void fetchFailed(ValueRead read) {
    read.failed();
    finishIfComplete(read);
  }

  private void finishIfComplete(ValueRead read) {
    if (!read.isComplete()) {
      return;
    }
    read.finish();
    Value best = read.best();
    outbox.emit(new Output.ReadDone(read.operation, best, read.answered(), read.asked));
    if (best != null) {
      read.behind().forEach(node -> push(node, best));
    }
  }

  /**
   * Whether this node is one of the k closest to a key; if so and there are k others, the farthest
   * of them is dropped.
   */
  private boolean isAmongClosest(Key256 key, List<NodeRecord> others) {
    if (config.client()) {
      return false;
    }
    if (others.size() < config.k()) {
      return true;
    }
    Key256 farthest = others.getLast().id().key();
    if (key.compareDistance(neighbours.self().id().key(), farthest) < 0) {
      others.removeLast();
      return true;
    }
    return false;
  }
}
