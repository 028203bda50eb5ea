package io.cairnfs.node.head.raft;

import io.cairnfs.node.head.CellHeads;
import io.cairnfs.node.head.HeadEngine;
import io.cairnfs.node.head.RocksBodies;
import io.cairnfs.node.head.RocksJournal;
import io.cairnfs.node.rocks.RocksDatabase;
import io.cairnfs.node.rocks.RocksSettings;
import io.cairnfs.protocol.cell.CellId;
import io.cairnfs.protocol.identity.Key256;
import io.cairnfs.protocol.identity.NodeId;
import io.cairnfs.protocol.transport.Peer;
import io.cairnfs.protocol.transport.Transport;
import io.cairnfs.protocol.transport.local.LinkRule;
import io.cairnfs.protocol.transport.local.LocalNetwork;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Voters of one cell in this process, each with a directory, that can be cut off and restarted. */
final class TestCell implements AutoCloseable {

  static final CellId CELL = new CellId(Key256.parse("c0".repeat(32)));

  private static final VoterTiming TIMING =
      new VoterTiming(Duration.ofMillis(700), Duration.ofMillis(1500), Duration.ofSeconds(2));

  private static final long PATIENCE_NANOS = Duration.ofSeconds(60).toNanos();

  /** A voter that runs. */
  private record Running(
      Transport transport, RocksDatabase database, RaftVoter voter, CellHeads heads) {}

  private final Path directory;
  private final LocalNetwork network = new LocalNetwork();
  private final Set<NodeId> cutOff = ConcurrentHashMap.newKeySet();
  private final List<@Nullable Running> voters = new ArrayList<>();

  /** Starts so many voters; the first {@code members} of them form the cell. */
  TestCell(Path directory, int count, int members) throws IOException {
    this.directory = directory;
    network.setRule(
        (from, to, method) ->
            cutOff.contains(from) || cutOff.contains(to)
                ? new LinkRule.Fate.Refuse()
                : LinkRule.PERFECT.fateOf(from, to, method));
    for (int i = 0; i < count; i++) {
      voters.add(null);
      start(i, i < members ? ids(members) : List.of());
    }
  }

  static NodeId id(int voter) {
    return new NodeId(Key256.parse(String.format("%02x", voter + 1).repeat(32)));
  }

  static List<NodeId> ids(int count) {
    List<NodeId> ids = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ids.add(id(i));
    }
    return ids;
  }

  /** Starts a voter that was stopped. */
  void start(int voter) throws IOException {
    start(voter, List.of());
  }

  private void start(int index, List<NodeId> members) throws IOException {
    Transport transport = network.join(id(index));
    RocksDatabase database =
        RocksDatabase.open(
            directory.resolve("db-" + index), RocksJournal.COLUMNS, RocksSettings.MODERATE);
    RaftVoter voter =
        RaftVoter.open(
            directory.resolve("raft-" + index),
            transport,
            node -> new Peer(node, List.of()),
            () -> new RocksBodies(database),
            TIMING);
    voter.start();
    RaftEngine engine = voter.join(CELL, members);
    voters.set(index, new Running(transport, database, voter, new CellHeads(engine, id(index))));
  }

  /** Stops a voter; nothing of what it says at its end reaches the others. */
  void stop(int index) throws IOException {
    cutOff(index);
    Running running = running(index);
    running.heads().close();
    running.voter().close();
    running.transport().close();
    running.database().close();
    voters.set(index, null);
    heal();
  }

  void cutOff(int... indexes) {
    for (int index : indexes) {
      cutOff.add(id(index));
    }
  }

  void heal() {
    cutOff.clear();
  }

  private Running running(int index) {
    Running running = voters.get(index);
    if (running == null) {
      throw new IllegalStateException("voter " + index + " does not run");
    }
    return running;
  }

  CellHeads heads(int index) {
    return running(index).heads();
  }

  HeadEngine engine(int index) {
    return running(index).heads().engine();
  }

  RaftVoter voter(int index) {
    return running(index).voter();
  }

  RocksBodies bodies(int index) {
    return new RocksBodies(running(index).database());
  }

  /** Waits until one of these voters leads. */
  int awaitLeader(int... candidates) throws InterruptedException {
    int[] leader = {-1};
    await(
        "a leader",
        () -> {
          for (int candidate : candidates) {
            if (engine(candidate).leads()) {
              leader[0] = candidate;
            }
          }
          return leader[0] >= 0;
        });
    return leader[0];
  }

  /** Waits until voters have the same state. */
  void awaitEqual(int... indexes) throws InterruptedException {
    await(
        "equal voters",
        () -> {
          Set<List<String>> states = new HashSet<>();
          for (int index : indexes) {
            states.add(state(index));
          }
          return states.size() == 1;
        });
  }

  private List<String> state(int index) throws IOException {
    List<String> records = new ArrayList<>();
    for (byte[] record : engine(index).peek(machine -> machine.snapshot())) {
      records.add(HexFormat.of().formatHex(record));
    }
    return records;
  }

  /** What may become true. */
  @FunctionalInterface
  interface Condition {
    boolean holds() throws IOException, InterruptedException;
  }

  static void await(String what, Condition condition) throws InterruptedException {
    long start = System.nanoTime();
    while (true) {
      try {
        if (condition.holds()) {
          return;
        }
      } catch (IOException e) {
        // not yet
      }
      if (System.nanoTime() - start > PATIENCE_NANOS) {
        throw new AssertionError("waited in vain for " + what);
      }
      Thread.sleep(20);
    }
  }

  @Override
  public void close() throws IOException {
    for (int i = 0; i < voters.size(); i++) {
      if (voters.get(i) != null) {
        stop(i);
      }
    }
    network.close();
  }
}
