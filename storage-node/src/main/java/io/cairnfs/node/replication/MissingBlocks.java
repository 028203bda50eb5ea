package io.cairnfs.node.replication;

import io.cairnfs.protocol.identity.Key256;
import io.cairnfs.protocol.identity.NodeId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Blocks that this node should hold and lacks, those with the fewest known holders first. Bounded:
 * what does not fit is found again by the next comparison of replicas. Thread-safe.
 */
final class MissingBlocks {

  private static final int MAX = 100_000;

  /** A block that is missing. */
  private static final class Missing {
    final Wanted wanted;
    final Set<NodeId> holders = new HashSet<>();

    /** Nobody could give it; by {@link System#nanoTime}. */
    long retryNanos;

    boolean waits;

    Missing(Wanted wanted) {
      this.wanted = wanted;
    }
  }

  private final Map<Key256, Missing> blocks = new HashMap<>();
  private final NavigableMap<Integer, Set<Key256>> byHolders = new TreeMap<>();
  private long pending;

  /** Adds a block of which no holder is known. */
  void add(Key256 digest, Wanted wanted) {
    add(digest, wanted, Set.of());
  }

  /**
   * Adds a block, or holders to it; they are asked first.
   *
   * @param wanted how it is to be stored, as one of them told
   */
  synchronized void add(Key256 digest, Wanted wanted, Set<NodeId> holders) {
    Missing known = blocks.get(digest);
    if (known == null) {
      if (blocks.size() >= MAX) {
        return;
      }
      known = new Missing(wanted);
      blocks.put(digest, known);
    } else if (known.holders.containsAll(holders)) {
      return;
    } else {
      leave(digest, known);
    }
    known.waits = false;
    known.holders.addAll(holders);
    byHolders.computeIfAbsent(known.holders.size(), n -> new LinkedHashSet<>()).add(digest);
  }

  private void leave(Key256 digest, Missing missing) {
    int count = missing.holders.size();
    Set<Key256> alike = byHolders.get(count);
    if (alike != null) {
      alike.remove(digest);
      if (alike.isEmpty()) {
        byHolders.remove(count);
      }
    }
  }

  synchronized void remove(Key256 digest) {
    Missing missing = blocks.remove(digest);
    if (missing != null) {
      leave(digest, missing);
    }
  }

  /** Nobody could give it: it is not among {@link #some} before a time. */
  synchronized void retry(Key256 digest, long atNanos) {
    Missing missing = blocks.get(digest);
    if (missing != null) {
      missing.waits = true;
      missing.retryNanos = atNanos;
    }
  }

  /** Up to {@code limit} of them, the most urgent first. */
  synchronized List<Key256> some(int limit, long nowNanos) {
    List<Key256> some = new ArrayList<>();
    for (Set<Key256> alike : byHolders.values()) {
      for (Iterator<Key256> digests = alike.iterator();
          digests.hasNext() && some.size() < limit; ) {
        Key256 digest = digests.next();
        Missing missing = blocks.get(digest);
        if (missing != null && (!missing.waits || missing.retryNanos - nowNanos <= 0)) {
          some.add(digest);
        }
      }
    }
    return some;
  }

  synchronized @Nullable Wanted find(Key256 digest) {
    Missing missing = blocks.get(digest);
    return missing == null ? null : missing.wanted;
  }

  synchronized Set<NodeId> holders(Key256 digest) {
    Missing missing = blocks.get(digest);
    return missing == null ? Set.of() : Set.copyOf(missing.holders);
  }

  /** How many a worker is about to fetch. */
  synchronized void pending(long count) {
    pending = count;
  }

  synchronized long count() {
    return blocks.size() + pending;
  }
}
