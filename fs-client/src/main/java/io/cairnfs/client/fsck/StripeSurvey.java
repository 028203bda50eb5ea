package io.cairnfs.client.fsck;

import io.cairnfs.client.block.NodeBlocks;
import io.cairnfs.client.block.Replicas;
import io.cairnfs.client.block.Replicas.Replica;
import io.cairnfs.protocol.block.Block;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.erasure.Stripe;
import io.cairnfs.protocol.transport.WireError;
import io.cairnfs.protocol.transport.WireException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Asks nodes one by one for the shards of stripes. Blocking; for one thread. */
public final class StripeSurvey {

  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private final NodeBlocks nodes;
  private final Replicas replicas;
  private final ReplicaSurvey descriptions;

  /**
   * @param nodes verifies what it reads, and stores as shards
   * @param descriptions stores as descriptions of stripes
   */
  public StripeSurvey(NodeBlocks nodes, Replicas replicas, ReplicaSurvey descriptions) {
    this.nodes = nodes;
    this.replicas = replicas;
    this.descriptions = descriptions;
  }

  /** As replicas of other blocks are looked at. */
  ReplicaSurvey descriptions() {
    return descriptions;
  }

  /**
   * Where shards are.
   *
   * @param holders of each shard, by its number; verified if they were read
   * @param silent nodes that should be asked and do not answer
   */
  record Standing(
      Cid name, Stripe stripe, Map<Integer, List<Replica>> holders, Set<Replica> silent) {

    List<Integer> missing() {
      List<Integer> missing = new ArrayList<>();
      for (int i = 0; i < stripe.shards().size(); i++) {
        if (!holders.containsKey(i)) {
          missing.add(i);
        }
      }
      return missing;
    }

    /** Whether the shards that are there make all others. */
    boolean isWhole() {
      return holders.size() >= stripe.data().size();
    }
  }

  /**
   * Looks for the shards of a stripe on all nodes that may have them.
   *
   * @param read whether to read each shard instead of asking for it
   */
  Standing check(Cid name, Stripe stripe, boolean read) throws InterruptedException {
    Standing standing = new Standing(name, stripe, new LinkedHashMap<>(), new HashSet<>());
    for (Replica node : replicas.order(name.key(), false, TIMEOUT)) {
      Set<Cid> present = ask(node, stripe.shards());
      if (present == null) {
        standing.silent().add(node);
        continue;
      }
      for (int i = 0; i < stripe.shards().size(); i++) {
        Cid shard = stripe.shards().get(i);
        if (present.contains(shard) && (!read || get(node, shard) != null)) {
          standing.holders().computeIfAbsent(i, key -> new ArrayList<>()).add(node);
        }
      }
    }
    return standing;
  }

  private @Nullable Set<Cid> ask(Replica node, List<Cid> shards) throws InterruptedException {
    if (!replicas.isUp(node.id())) {
      return null;
    }
    try {
      return nodes.have(node.peer(), shards, TIMEOUT);
    } catch (WireException e) {
      replicas.suspect(node.id());
      return null;
    }
  }

  private byte @Nullable [] get(Replica node, Cid shard) throws InterruptedException {
    try {
      return nodes.get(node.peer(), shard, TIMEOUT);
    } catch (WireException e) {
      if (e.error() == WireError.UNREACHABLE || e.error() == WireError.TIMEOUT) {
        replicas.suspect(node.id());
      }
      return null;
    }
  }

  /**
   * Makes missing shards from the others, each on a node that has none.
   *
   * @return how many are there now
   */
  int rebuild(Standing standing) throws InterruptedException {
    Map<Integer, byte[]> others = new HashMap<>();
    Set<Replica> having = new HashSet<>();
    for (Map.Entry<Integer, List<Replica>> shard : standing.holders().entrySet()) {
      having.addAll(shard.getValue());
      byte[] bytes = read(shard.getValue(), standing.stripe().shards().get(shard.getKey()));
      if (bytes != null) {
        others.put(shard.getKey(), bytes);
      }
    }
    int made = 0;
    for (int missing : standing.missing()) {
      if (others.size() < standing.stripe().data().size()) {
        return made;
      }
      Block shard = standing.stripe().rebuild(missing, others);
      for (Replica node : replicas.order(standing.name().key(), false, TIMEOUT)) {
        if (node.writable() && !having.contains(node) && put(node, shard)) {
          having.add(node);
          made++;
          break;
        }
      }
    }
    return made;
  }

  private byte @Nullable [] read(List<Replica> holders, Cid shard) throws InterruptedException {
    for (Replica node : holders) {
      byte[] bytes = get(node, shard);
      if (bytes != null) {
        return bytes;
      }
    }
    return null;
  }

  private boolean put(Replica node, Block shard) throws InterruptedException {
    try {
      nodes.put(node.peer(), List.of(shard), TIMEOUT);
      return true;
    } catch (WireException e) {
      return false;
    }
  }
}
