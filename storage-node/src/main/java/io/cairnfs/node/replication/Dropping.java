package io.cairnfs.node.replication;

import io.cairnfs.protocol.identity.Key256;
import java.util.Collection;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The blocks that this node asks others to keep, so that it may drop its own copies. It promises
 * none of them to anybody meanwhile: of two nodes that would drop the same block because the other
 * one has it, at least one is told no. Thread-safe.
 */
final class Dropping {

  private final Set<Key256> digests = ConcurrentHashMap.newKeySet();

  /** Before anybody is asked. */
  void begin(Collection<Key256> asked) {
    digests.addAll(asked);
  }

  /** When the copies are gone, or stay. */
  void end(Collection<Key256> asked) {
    asked.forEach(digests::remove);
  }

  boolean contains(Key256 digest) {
    return digests.contains(digest);
  }
}
