package io.cairnfs.client.block;

import io.cairnfs.client.block.Replicas.Replica;
import io.cairnfs.protocol.cid.Cid;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which nodes to ask for the shards of a stripe, the most likely one first: where it was found
 * last, else where it belongs if the cluster is as it was when the stripe was made. Thread-safe.
 */
final class ShardNodes {

  /** A few megabytes; what is forgotten costs some short answers. */
  private static final int MAX_REMEMBERED = 1 << 14;

  private final Replicas replicas;
  private final Map<Cid, Replica> found =
      Collections.synchronizedMap(
          new LinkedHashMap<>(64, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<Cid, Replica> eldest) {
              return size() > MAX_REMEMBERED;
            }
          });

  ShardNodes(Replicas replicas) {
    this.replicas = replicas;
  }

  /** All candidates for a shard. */
  List<Replica> order(Cid stripe, int index, Cid shard, Duration timeout)
      throws InterruptedException {
    List<Replica> order = new ArrayList<>(replicas.order(stripe.key(), false, timeout));
    Replica last = found.get(shard);
    Replica likely =
        last == null
            ? order.stream().filter(Replica::writable).skip(index).findFirst().orElse(null)
            : last;
    if (likely != null) {
      order.removeIf(node -> node.id().equals(likely.id()));
      order.addFirst(likely);
    }
    return order;
  }

  /** Candidates for a shard if it were replicated as a block. */
  List<Replica> byOwnKey(Cid shard, Duration timeout) throws InterruptedException {
    return replicas.order(shard.key(), false, timeout);
  }

  /** A node has given a shard. */
  void foundAt(Cid shard, Replica node) {
    found.put(shard, node);
  }

  /** Nothing is known of a shard any more. */
  void forget(Cid shard) {
    found.remove(shard);
  }
}
