package io.cairnfs.node.replication;

import io.cairnfs.protocol.identity.Key256;
import io.cairnfs.protocol.identity.SplitMix64;

/**
 * What stands for a set of keys: two sets of the same fingerprint are the same but for chance (2 to
 * the power of -64).
 *
 * @param sum of a mix of each key, modulo 2 to the power of 64
 * @param count how many keys
 */
record Fingerprint(long sum, long count) {

  static final Fingerprint EMPTY = new Fingerprint(0, 0);

  Fingerprint plus(Fingerprint other) {
    return new Fingerprint(sum + other.sum, count + other.count);
  }

  Fingerprint plus(Key256 key) {
    return new Fingerprint(sum + mix(key), count + 1);
  }

  /**
   * A key is random already, but whoever writes blocks can choose among many: a mix makes sums hard
   * to aim at.
   */
  static long mix(Key256 key) {
    return SplitMix64.mix(SplitMix64.mix(key.longAt(0)) ^ key.longAt(Long.BYTES));
  }
}
