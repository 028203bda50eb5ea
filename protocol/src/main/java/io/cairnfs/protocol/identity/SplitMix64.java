package io.cairnfs.protocol.identity;

/**
 * Mixes 64-bit words, so that similar ones become unlike: the finaliser of SplitMix64 (Steele, Lea
 * and Flood, 2014). No cryptographic hash.
 */
public final class SplitMix64 {

  /** The odd number by which the generator advances between two numbers. */
  public static final long GAMMA = 0x9e3779b97f4a7c15L;

  private SplitMix64() {}

  public static long mix(long value) {
    long z = value + GAMMA;
    z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
    z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
    return z ^ z >>> 31;
  }
}
