package io.cairnfs.node.cell;

import com.google.protobuf.ByteString;
import io.cairnfs.dht.Locator;
import io.cairnfs.dht.record.NodeRecord;
import io.cairnfs.node.cell.CellPeers.Candidate;
import io.cairnfs.node.worker.Worker;
import io.cairnfs.protocol.cell.CellId;
import io.cairnfs.protocol.cell.CellLimits;
import io.cairnfs.protocol.cell.CellMembers;
import io.cairnfs.protocol.cell.CellRecord;
import io.cairnfs.protocol.cell.message.ConfirmRequest;
import io.cairnfs.protocol.cell.message.MemberSignature;
import io.cairnfs.protocol.identity.Identity;
import io.cairnfs.protocol.identity.NodeId;
import io.cairnfs.protocol.transport.Transport;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps this node's cells whole: forms one with others if it is in none, has records signed and
 * published, replaces voters that stay away, and leaves cells that went on without it. Each step
 * begins from what logs and records say, so that it goes on wherever a crash has ended it.
 */
public final class CellKeeper implements Worker {

  private static final Logger LOG = LoggerFactory.getLogger(CellKeeper.class);

  private static final Duration INTERVAL = Duration.ofSeconds(1);

  private static final Duration DIRECTORY = Duration.ofSeconds(5);

  /** The records of cells that others lead are looked up so often. */
  private static final Duration LOOK = Duration.ofSeconds(30);

  /** A cell that has no record by then never had volumes, and is given up. */
  private static final Duration STILLBORN = Duration.ofMinutes(10);

  private final Cells cells;
  private final CellDirectory directory;
  private final CellPeers peers;
  private final Identity self;
  private final Duration grace;
  private final CellFounder founder;
  private final Map<NodeId, Long> downSinceNanos = new HashMap<>();
  private final Map<CellId, Long> lookedNanos = new HashMap<>();
  private volatile String progress = "in no cell";

  /**
   * @param start what this node knows of the cluster
   * @param grace how long a voter may be away before another node takes its place
   */
  public CellKeeper(
      Cells cells,
      CellDirectory directory,
      Transport transport,
      Locator locator,
      Identity self,
      CellStart start,
      Duration grace) {
    this.cells = cells;
    this.directory = directory;
    this.peers = new CellPeers(transport, locator);
    this.self = self;
    this.grace = grace;
    this.founder = new CellFounder(cells, peers, self, start);
  }

  @Override
  public String name() {
    return "cells";
  }

  @Override
  public String progress() {
    return progress;
  }

  @Override
  public Duration work() throws IOException, InterruptedException {
    if (cells.hosted().isEmpty() && !peers.isLeaving(self.id())) {
      founder.form();
    }
    int led = 0;
    IOException failure = null;
    for (HostedCell cell : cells.hosted()) {
      boolean leads = cell.hosted().heads().engine().leads();
      led += leads ? 1 : 0;
      try {
        tend(cell, leads);
      } catch (IOException e) {
        failure = e; // the others are tended
      }
    }
    progress = "in " + cells.hosted().size() + " cells, leads " + led;
    if (failure != null) {
      throw failure;
    }
    return INTERVAL;
  }

  private void tend(HostedCell cell, boolean leads) throws IOException, InterruptedException {
    CellRecord record = cell.record();
    if (record == null) {
      if (cell.founding().getMembershipCount() == 1) {
        Optional<CellRecord> founded = founder.complete(cell);
        if (founded.isPresent()) {
          publish(cell, founded.get());
        }
      } else {
        look(cell);
      }
      if (cell.record() == null && age(cell) > STILLBORN.toNanos()) {
        LOG.info("cell {} did not come to be", cell.id());
        cells.leave(cell);
      }
    } else if (leads) {
      lead(cell, record);
    } else {
      look(cell);
    }
  }

  private static long age(HostedCell cell) {
    return System.nanoTime() - cell.sinceNanos();
  }

  private void publish(HostedCell cell, CellRecord record)
      throws IOException, InterruptedException {
    if (directory.publish(record, DIRECTORY)) {
      cells.learn(cell, record);
      LOG.info("cell {} has the members {}", cell.id(), record.members());
    }
  }

  private void lead(HostedCell cell, CellRecord record) throws IOException, InterruptedException {
    List<NodeId> members = cells.voter().members(cell.id());
    if (!members.equals(record.members().stream().sorted().toList())) {
      if (!hasLearned(cell, record)) {
        confirm(cell, record, members);
      }
      return;
    }
    if (members.size() < CellLimits.MEMBERS) {
      grow(cell, members);
      return;
    }
    if (peers.isLeaving(self.id())) {
      yieldLead(cell, members);
      return;
    }
    for (NodeId member : members) {
      if (isGone(member)) {
        replace(cell, members, member);
        return;
      }
    }
  }

  /** A leader before this one may have published what the log decided. */
  private boolean hasLearned(HostedCell cell, CellRecord record)
      throws IOException, InterruptedException {
    Optional<CellRecord> found = directory.find(cell.id(), DIRECTORY);
    boolean newer = found.isPresent() && found.get().epoch() > record.epoch();
    if (newer) {
      cells.learn(cell, found.get());
    }
    return newer;
  }

  /** Another voter is to lead, and to put somebody else in the place of this one. */
  private void yieldLead(HostedCell cell, List<NodeId> members) throws IOException {
    for (NodeId member : members) {
      if (!member.equals(self.id()) && peers.isUp(member) && !peers.isLeaving(member)) {
        LOG.info("cell {}: {} is to lead, since this node leaves", cell.id(), member);
        cells.voter().yieldLead(cell.id(), member);
        return;
      }
    }
  }

  private boolean isGone(NodeId member) {
    if (peers.isLeaving(member)) {
      return true;
    }
    if (peers.isUp(member)) {
      downSinceNanos.remove(member);
      return false;
    }
    long now = System.nanoTime();
    return now - downSinceNanos.computeIfAbsent(member, id -> now) > grace.toNanos();
  }

  /**
   * Takes in as many others as make the cell whole, all of them at once: with two voters it would
   * stand still whenever either is away.
   */
  private void grow(HostedCell cell, List<NodeId> members)
      throws IOException, InterruptedException {
    int missing = CellLimits.MEMBERS - members.size();
    List<NodeId> changed = new ArrayList<>(members);
    for (Candidate one : CellFounder.choose(peers.candidates(), missing, members)) {
      if (peers.join(one.node(), cell.id())) {
        changed.add(one.node().id());
      }
    }
    if (changed.size() == CellLimits.MEMBERS) {
      LOG.info("cell {} grows to {}", cell.id(), changed);
      cells.voter().change(cell.id(), changed);
    }
  }

  /** Puts another node in the place of a voter that is gone. */
  private void replace(HostedCell cell, List<NodeId> members, NodeId gone)
      throws IOException, InterruptedException {
    for (Candidate candidate : peers.candidates()) {
      NodeId id = candidate.node().id();
      if (!members.contains(id) && peers.join(candidate.node(), cell.id())) {
        List<NodeId> changed = new ArrayList<>(members);
        changed.remove(gone);
        changed.add(id);
        LOG.info("cell {}: {} takes the place of {}", cell.id(), id, gone);
        cells.voter().change(cell.id(), changed);
        return;
      }
    }
  }

  /** Has the members before sign what their log has decided. */
  private void confirm(HostedCell cell, CellRecord record, List<NodeId> members)
      throws IOException, InterruptedException {
    List<ByteString> keys = new ArrayList<>();
    for (NodeId member : members) {
      Optional<ByteString> key = key(member);
      if (key.isEmpty()) {
        return; // it will be known soon
      }
      keys.add(key.get());
    }
    List<ByteString> sorted = CellMembers.sorted(keys);
    ConfirmRequest request =
        ConfirmRequest.newBuilder()
            .setCell(CellService.encode(cell.id()))
            .setEpoch(record.epoch() + 1)
            .addAllMember(sorted)
            .build();
    List<MemberSignature> signatures = new ArrayList<>();
    for (NodeId member : record.members()) {
      if (member.equals(self.id())) {
        signatures.add(CellPeers.own(self, cell.id(), record.epoch() + 1, sorted));
      } else if (peers.isUp(member)) {
        Optional<NodeRecord> node = peers.find(member);
        if (node.isPresent()) {
          peers.sign(node.get(), request).ifPresent(signatures::add);
        }
      }
    }
    if (2 * signatures.size() > record.members().size()) {
      publish(cell, record.with(sorted, signatures));
    }
  }

  private Optional<ByteString> key(NodeId member) {
    return member.equals(self.id())
        ? Optional.of(ByteString.copyFrom(self.publicKey()))
        : peers.find(member).map(NodeRecord::publicKey);
  }

  /**
   * Learns what others have published about a cell, and leaves it if it goes on without this node.
   */
  private void look(HostedCell cell) throws IOException, InterruptedException {
    long now = System.nanoTime();
    Long last = lookedNanos.get(cell.id());
    boolean hurried = peers.isLeaving(self.id()); // it waits to be let go
    if (!hurried && last != null && now - last < LOOK.toNanos()) {
      return;
    }
    lookedNanos.put(cell.id(), now);
    Optional<CellRecord> found = directory.find(cell.id(), DIRECTORY);
    if (found.isEmpty()) {
      return;
    }
    CellRecord known = cell.record();
    if (found.get().members().contains(self.id())) {
      cells.learn(cell, found.get());
    } else if (known != null && found.get().epoch() > known.epoch()) {
      LOG.info("cell {} goes on without this node", cell.id());
      cells.leave(cell);
    }
  }
}
