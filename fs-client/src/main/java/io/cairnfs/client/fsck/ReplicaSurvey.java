package io.cairnfs.client.fsck;

import io.cairnfs.client.block.BlockException;
import io.cairnfs.client.block.NodeBlocks;
import io.cairnfs.client.block.Replicas;
import io.cairnfs.client.block.Replicas.Replica;
import io.cairnfs.protocol.block.Block;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.transport.WireError;
import io.cairnfs.protocol.transport.WireException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Asks nodes one by one for blocks, to learn of each replica: unlike a reader, which is content
 * with one. Distinguishes what is gone from what does not answer. Blocking; for one thread.
 */
public final class ReplicaSurvey {

  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private final NodeBlocks nodes;
  private final Replicas replicas;
  private final int replication;

  /**
   * @param nodes verifies what it reads
   * @param replication replicas that each block should have
   */
  public ReplicaSurvey(NodeBlocks nodes, Replicas replicas, int replication) {
    this.nodes = nodes;
    this.replicas = replicas;
    this.replication = replication;
  }

  /**
   * How a block is.
   *
   * @param having nodes with a replica; verified if it was read
   * @param lacking designated nodes without one, or with a damaged one
   * @param silent nodes that should be asked and do not answer
   */
  record Standing(Cid cid, List<Replica> having, List<Replica> lacking, List<Replica> silent) {

    Standing(Cid cid) {
      this(cid, new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    }

    /** Whether all nodes answer, and none has it. */
    boolean isLost() {
      return having.isEmpty() && silent.isEmpty();
    }

    private void add(Replica node, Answer answer, boolean designated) {
      switch (answer) {
        case HAS -> having.add(node);
        case HAS_NOT -> {
          if (designated) {
            lacking.add(node);
          }
        }
        case SILENT -> silent.add(node);
      }
    }
  }

  private enum Answer {
    HAS,
    HAS_NOT,
    SILENT
  }

  /**
   * How blocks are: on their designated nodes, and where none of those has one, elsewhere.
   *
   * @param read whether to read each replica instead of asking for it
   */
  List<Standing> check(Collection<Cid> cids, boolean read) throws InterruptedException {
    Map<Cid, Standing> standings = new LinkedHashMap<>();
    Map<Cid, List<Replica>> designated = new HashMap<>();
    for (Cid cid : cids) {
      if (!cid.isIdentity()) {
        standings.put(cid, new Standing(cid));
        List<Replica> order = replicas.order(cid.key(), false, TIMEOUT);
        designated.put(cid, order.subList(0, Math.min(replication, order.size())));
      }
    }
    ask(standings, designated, true, read);
    Map<Cid, List<Replica>> others = new HashMap<>();
    for (Standing standing : standings.values()) {
      if (standing.having().isEmpty()) {
        List<Replica> order = new ArrayList<>(replicas.order(standing.cid().key(), true, TIMEOUT));
        order.removeAll(designated.getOrDefault(standing.cid(), List.of()));
        others.put(standing.cid(), order);
      }
    }
    ask(standings, others, false, read);
    return List.copyOf(standings.values());
  }

  private void ask(
      Map<Cid, Standing> standings, Map<Cid, List<Replica>> whom, boolean designated, boolean read)
      throws InterruptedException {
    Map<Replica, List<Cid>> byNode = new LinkedHashMap<>();
    whom.forEach(
        (cid, order) ->
            order.forEach(node -> byNode.computeIfAbsent(node, key -> new ArrayList<>()).add(cid)));
    for (Map.Entry<Replica, List<Cid>> asked : byNode.entrySet()) {
      Replica node = asked.getKey();
      Map<Cid, Answer> answers = read ? read(node, asked.getValue()) : ask(node, asked.getValue());
      answers.forEach(
          (cid, answer) -> {
            Standing standing = standings.get(cid);
            if (standing != null) {
              standing.add(node, answer, designated);
            }
          });
    }
  }

  private Map<Cid, Answer> ask(Replica node, List<Cid> cids) throws InterruptedException {
    Set<Cid> present = new HashSet<>();
    Answer others = Answer.SILENT;
    if (replicas.isUp(node.id())) {
      try {
        present = nodes.have(node.peer(), cids, TIMEOUT);
        others = Answer.HAS_NOT;
      } catch (WireException e) {
        replicas.suspect(node.id());
      }
    }
    Map<Cid, Answer> answers = new HashMap<>();
    for (Cid cid : cids) {
      answers.put(cid, present.contains(cid) ? Answer.HAS : others);
    }
    return answers;
  }

  private Map<Cid, Answer> read(Replica node, List<Cid> cids) throws InterruptedException {
    Map<Cid, Answer> answers = new HashMap<>();
    for (Cid cid : cids) {
      answers.put(cid, fetch(node, cid).answer());
    }
    return answers;
  }

  /** What a node gives. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Reply(Answer answer, byte @Nullable [] bytes) {}

  private Reply fetch(Replica node, Cid cid) throws InterruptedException {
    if (!replicas.isUp(node.id())) {
      return new Reply(Answer.SILENT, null);
    }
    try {
      return new Reply(Answer.HAS, nodes.get(node.peer(), cid, TIMEOUT));
    } catch (WireException e) {
      return new Reply(isAbsence(e.error()) ? Answer.HAS_NOT : Answer.SILENT, null);
    }
  }

  private static boolean isAbsence(WireError error) {
    return error == WireError.NOT_FOUND
        || error == WireError.CORRUPT
        || error == WireError.WRONG_HASH;
  }

  /**
   * A block's bytes from whichever node has a good replica.
   *
   * @throws BlockException {@code NOT_FOUND} if it is lost, {@code UNAVAILABLE} if nodes that may
   *     have it do not answer
   */
  byte[] read(Cid cid) throws BlockException, InterruptedException {
    if (cid.isIdentity()) {
      return cid.hash().digest();
    }
    List<Replica> silent = new ArrayList<>();
    Set<Replica> asked = new HashSet<>();
    for (boolean fresh : new boolean[] {false, true}) {
      for (Replica node : replicas.order(cid.key(), fresh, TIMEOUT)) {
        if (asked.add(node)) {
          Reply reply = fetch(node, cid);
          if (reply.bytes() != null) {
            return reply.bytes();
          }
          if (reply.answer() == Answer.SILENT) {
            silent.add(node);
          }
        }
      }
    }
    if (silent.isEmpty()) {
      throw new BlockException(
          BlockException.Reason.NOT_FOUND, "no node has a good replica of block " + cid);
    }
    throw new BlockException(
        BlockException.Reason.UNAVAILABLE,
        "block " + cid + " may be on nodes that do not answer: " + names(silent));
  }

  static List<String> names(Collection<Replica> nodes) {
    return nodes.stream()
        .map(
            node ->
                node.peer().addresses().isEmpty()
                    ? node.id().toString()
                    : node.id() + " at " + node.peer().addresses().getFirst())
        .toList();
  }

  /**
   * Gives a block to a node that lacks it.
   *
   * @return whether it has it now
   */
  boolean copy(Cid cid, byte[] bytes, Replica to) throws InterruptedException {
    try {
      nodes.put(to.peer(), List.of(new Block(cid, bytes)), TIMEOUT);
      return true;
    } catch (WireException e) {
      return false;
    }
  }
}
