package io.cairnfs.node.catchup;

import io.cairnfs.protocol.identity.Key256;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Blocks that this node should hold and could not get from the peer that told of them, with their
 * replication. Bounded: what does not fit is found again by the next comparison of replicas.
 * Thread-safe.
 */
final class MissingBlocks {

  private static final int MAX = 100_000;

  private final Map<Key256, Integer> replications = new HashMap<>();
  private long pending;

  synchronized void add(Key256 digest, int replication) {
    if (replications.size() < MAX) {
      replications.put(digest, replication);
    }
  }

  synchronized void remove(Key256 digest) {
    replications.remove(digest);
  }

  /** Up to {@code limit} of them. */
  synchronized List<Key256> some(int limit) {
    return new ArrayList<>(replications.keySet().stream().limit(limit).toList());
  }

  synchronized int replicationOf(Key256 digest) {
    return replications.getOrDefault(digest, 0);
  }

  /** How many a worker is about to fetch. */
  synchronized void pending(long count) {
    pending = count;
  }

  synchronized long count() {
    return replications.size() + pending;
  }
}
