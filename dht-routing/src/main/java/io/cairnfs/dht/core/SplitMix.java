package io.cairnfs.dht.core;

import io.cairnfs.protocol.identity.Key256;
import io.cairnfs.protocol.identity.SplitMix64;

/**
 * The core's only chance: SplitMix64 (Steele, Lea and Flood, 2014) from a seed that is given. Not
 * for secrets.
 */
final class SplitMix {

  private long state;

  SplitMix(long seed) {
    this.state = seed;
  }

  private long next() {
    long next = SplitMix64.mix(state);
    state += SplitMix64.GAMMA;
    return next;
  }

  /** A number from 0 up to a bound, which is positive and left out. */
  long below(long bound) {
    return Math.floorMod(next(), bound);
  }

  /** An interval give or take an eighth, so that what began together does not stay in step. */
  long jittered(long millis) {
    return millis - millis / 8 + below(millis / 4 + 1);
  }

  /** A key that shares exactly so many leading bits with another. */
  Key256 keySharing(Key256 other, int bits) {
    byte[] bytes = other.toBytes();
    int first = bits / Byte.SIZE;
    int kept = 0xff00 >> bits % Byte.SIZE & 0xff;
    int flipped = 0x80 >> bits % Byte.SIZE;
    int random = (int) next() & ~kept & ~flipped;
    bytes[first] = (byte) ((bytes[first] & kept) | (~bytes[first] & flipped) | random);
    for (int i = first + 1; i < bytes.length; i++) {
      bytes[i] = (byte) next();
    }
    return Key256.of(bytes);
  }
}
