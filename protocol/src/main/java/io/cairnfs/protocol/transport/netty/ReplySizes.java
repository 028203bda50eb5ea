package io.cairnfs.protocol.transport.netty;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * How large the replies of each method lately were, so that memory is set aside for a reply before
 * its handler makes it. Thread-safe.
 */
final class ReplySizes {

  /** Of the first reply of a method. */
  private static final int FIRST_GUESS_BYTES = 64 << 10;

  /** Methods that are told apart; a peer may name any number. */
  private static final int MAX_METHODS = 1024;

  /** How fast a large reply is forgotten: an eighth with each one after it. */
  private static final int DECAY = 8;

  private final ConcurrentMap<Integer, Integer> expected = new ConcurrentHashMap<>();

  int expected(int method) {
    return expected.getOrDefault(method, FIRST_GUESS_BYTES);
  }

  void observe(int method, int bytes) {
    if (expected.size() < MAX_METHODS || expected.containsKey(method)) {
      expected.merge(method, bytes, (old, seen) -> Math.max(seen, old - old / DECAY));
    }
  }
}
