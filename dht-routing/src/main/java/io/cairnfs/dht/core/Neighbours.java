package io.cairnfs.dht.core;

import io.cairnfs.dht.record.NodeRecord;
import io.cairnfs.protocol.identity.Key256;
import io.cairnfs.protocol.identity.NodeId;
import io.cairnfs.protocol.transport.Peer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who is known and who is alive. Every contact is pinged again and again, which also spreads new
 * versions of records; nobody enters the table before answering a ping at the addresses of its own
 * record.
 */
final class Neighbours {

  /** A contact is down after so many requests in a row that it did not answer. */
  private static final int FAILURES_TO_DOWN = 2;

  /** Strangers that are pinged at once: they come from others, who might invent them. */
  private static final int MAX_VERIFYING = 64;

  private final DhtConfig config;
  private final RoutingTable table;
  private final Seeds seeds;
  private final Outbox outbox;
  private final SplitMix chance;
  private final Set<NodeId> verifying = new HashSet<>();
  private NodeRecord self;
  private long revision;

  Neighbours(
      NodeRecord self, DhtConfig config, List<Peer> bootstrap, Outbox outbox, SplitMix chance) {
    this.self = self;
    this.config = config;
    this.outbox = outbox;
    this.chance = chance;
    this.seeds = new Seeds(bootstrap, config.timing());
    this.table = new RoutingTable(self.id(), config, this::forgotten);
  }

  RoutingTable table() {
    return table;
  }

  NodeRecord self() {
    return self;
  }

  void setSelf(NodeRecord newSelf) {
    self = newSelf;
  }

  /** Grows with every change of who is known, who is alive and what they published. */
  long revision() {
    return revision;
  }

  boolean isAlone() {
    return !table.hasLive();
  }

  boolean hasNobodyToJoin() {
    return table.size() == 0 && seeds.isEmpty();
  }

  boolean isDown(NodeId id) {
    Contact contact = table.find(id);
    return contact != null && contact.liveness == Liveness.DOWN;
  }

  void joinBy(List<Peer> bootstrap) {
    seeds.add(bootstrap);
  }

  void remember(List<RememberedNode> nodes, long now) {
    for (RememberedNode node : nodes) {
      if (!node.record().id().equals(self.id())
          && node.downMillis() < config.timing().graceMillis(node.record())) {
        enterAsDown(node, now);
      } else {
        seeds.keep(node.record());
      }
    }
  }

  private void enterAsDown(RememberedNode node, long now) {
    if (table.remember(node.record(), node.downMillis(), now)) {
      revision++;
    }
  }

  /** Pings who is due, gives up who was down for too long, and looks for a way in. */
  void tick(long now) {
    List<Contact> due = new ArrayList<>();
    List<Contact> gone = new ArrayList<>();
    table.forEach(
        contact -> {
          if (contact.liveness == Liveness.DOWN
              && now - contact.downSinceMillis >= config.timing().graceMillis(contact.record)) {
            gone.add(contact);
          } else if (!contact.probing && contact.nextProbeMillis <= now) {
            due.add(contact);
          }
        });
    for (Contact contact : gone) {
      table.remove(contact.id());
      seeds.keep(contact.record);
      forgotten(contact.id());
    }
    due.sort(Comparator.comparingLong(contact -> contact.nextProbeMillis));
    due.stream().limit(config.maxProbesPerTick()).forEach(contact -> probe(contact, now));
    for (Peer seed : seeds.due(isAlone(), now)) {
      NodeId id = seed.id();
      if (id == null || (!id.equals(self.id()) && table.find(id) == null)) {
        outbox.send(seed, new Request.Ping(), new Purpose.Join(seed));
      }
    }
  }

  private void probe(Contact contact, long now) {
    contact.probing = true;
    contact.nextProbeMillis = now + chance.jittered(config.timing().probeIntervalMillis());
    outbox.send(contact.record.peer(), new Request.Ping(), new Purpose.Probe(contact.record));
  }

  /** A node answered at the addresses of its record. Returns whether it is new or had been down. */
  boolean answered(NodeRecord node, long now) {
    verifying.remove(node.id());
    if (node.id().equals(self.id())) {
      return false;
    }
    Contact contact = table.find(node.id());
    Liveness before = contact == null ? Liveness.DOWN : contact.liveness;
    if (contact != null) {
      contact.probing = false;
      if (!adopt(contact, node)) {
        return false;
      }
    }
    switch (table.seen(node, now)) {
      case ADDED -> {
        plan(node, now);
        return up(node);
      }
      case RETURNED -> {
        return up(node);
      }
      case SEEN -> {
        if (before != Liveness.UP) {
          revision++;
        }
      }
      case WAITING -> table.leastRecentlySeen(node.id()).ifPresent(oldest -> check(oldest, now));
      case REFUSED -> {
        // Too many of its network are here.
      }
    }
    return false;
  }

  private void plan(NodeRecord node, long now) {
    Contact contact = table.find(node.id());
    if (contact != null) {
      contact.nextProbeMillis = now + chance.jittered(config.timing().probeIntervalMillis());
    }
  }

  /**
   * A newcomer waits for a place: the contact that was silent for longest must show that it is
   * there.
   */
  private void check(Contact oldest, long now) {
    if (now - oldest.lastSeenMillis > config.timing().probeIntervalMillis()) {
      oldest.nextProbeMillis = Math.min(oldest.nextProbeMillis, now);
    }
  }

  private boolean up(NodeRecord node) {
    revision++;
    seeds.drop(node.id());
    outbox.emit(new Output.Up(node));
    return true;
  }

  /** A node did not answer a ping. */
  void probeFailed(NodeRecord node, long now) {
    verifying.remove(node.id());
    Contact contact = table.find(node.id());
    if (contact != null) {
      contact.probing = false;
      doubt(contact);
      if (contact.failures >= FAILURES_TO_DOWN && contact.liveness != Liveness.DOWN) {
        down(contact, now);
      } else if (contact.liveness == Liveness.SUSPECT) {
        probe(contact, now);
      }
    }
  }

  /**
   * A node did not answer another request, of this table or of the data path: a ping must show
   * whether it is there.
   */
  void suspect(NodeId id, long now) {
    Contact contact = table.find(id);
    if (contact != null && contact.liveness == Liveness.UP) {
      doubt(contact);
      if (!contact.probing) {
        probe(contact, now);
      }
    }
  }

  private void doubt(Contact contact) {
    contact.failures++;
    if (contact.liveness == Liveness.UP) {
      contact.liveness = Liveness.SUSPECT;
      revision++;
    }
  }

  private void down(Contact contact, long now) {
    contact.liveness = Liveness.DOWN;
    contact.downSinceMillis = now;
    revision++;
    outbox.emit(new Output.Down(contact.id()));
    NodeRecord replacement = table.takeReplacement(contact.id());
    if (replacement != null) {
      verify(replacement);
    }
    if (isAlone()) {
      seeds.hurry(now);
    }
  }

  /**
   * A node asked: it is alive, but whether it can be reached must be seen if it is not held for up.
   */
  void asked(NodeRecord sender, long now) {
    Contact contact = table.find(sender.id());
    if (contact == null) {
      heard(sender);
    } else if (adopt(contact, sender) && contact.liveness != Liveness.UP && !contact.probing) {
      probe(contact, now);
    }
  }

  /** Somebody told of a node. */
  void heard(NodeRecord node) {
    if (node.id().equals(self.id())) {
      if (node.version() > self.version()) {
        outbox.emit(new Output.SelfOutdated(node.version()));
      }
      return;
    }
    Contact contact = table.find(node.id());
    if (contact != null) {
      adopt(contact, node);
    } else if (table.wants(node)) {
      verify(node);
    }
  }

  /**
   * Somebody told of a node that is down. It is pinged like everybody, but counts at once: a
   * newcomer must place blocks as those do who knew it while it was up.
   */
  void heardDown(RememberedNode node, long now) {
    NodeRecord record = node.record();
    if (record.id().equals(self.id()) || table.find(record.id()) != null) {
      heard(record);
    } else if (node.downMillis() < config.timing().graceMillis(record)) {
      enterAsDown(node, now);
    }
  }

  /** The contacts closest to a target that are down, closest first. */
  List<RememberedNode> closestDown(Key256 target, int count, long now) {
    List<RememberedNode> down = new ArrayList<>();
    table.forEach(
        contact -> {
          if (contact.liveness == Liveness.DOWN
              && now - contact.downSinceMillis < config.timing().graceMillis(contact.record)) {
            down.add(new RememberedNode(contact.record, now - contact.downSinceMillis));
          }
        });
    down.sort((a, b) -> target.compareDistance(a.record().id().key(), b.record().id().key()));
    return down.subList(0, Math.min(count, down.size()));
  }

  private void verify(NodeRecord node) {
    if (verifying.size() < MAX_VERIFYING && verifying.add(node.id())) {
      outbox.send(node.peer(), new Request.Ping(), new Purpose.Probe(node));
    }
  }

  /** Takes a newer version of a record. Returns whether the contact is still in the table. */
  private boolean adopt(Contact contact, NodeRecord record) {
    if (record.version() <= contact.record.version()) {
      return true;
    }
    revision++;
    boolean moved = !record.addresses().equals(contact.record.addresses());
    if (!table.adopt(contact, record)) {
      return false;
    }
    if (moved) {
      contact.nextProbeMillis = 0;
    }
    outbox.emit(new Output.Changed(record));
    return true;
  }

  private void forgotten(NodeId id) {
    revision++;
    outbox.emit(new Output.Forgotten(id));
  }

  /** A key in the bucket that was not looked up for longest, if one is due. */
  @Nullable Key256 staleBucket(long now) {
    List<Integer> due =
        table.bucketsNotLookedUpSince(now - config.timing().refreshIntervalMillis());
    return due.isEmpty() ? null : chance.keySharing(self.id().key(), due.getFirst());
  }

  List<PeerStatus> statuses(long now) {
    List<PeerStatus> statuses = new ArrayList<>();
    table.forEach(
        contact -> {
          boolean down = contact.liveness == Liveness.DOWN;
          statuses.add(
              new PeerStatus(
                  contact.record,
                  contact.liveness,
                  contact.lastSeenMillis,
                  down ? now - contact.downSinceMillis : 0));
        });
    return statuses;
  }
}
