package io.cairnfs.protocol.repair;

/** Bounds on what nodes ask each other to keep replicas whole. */
public final class RepairLimits {

  /** Ranges in one comparison: twice the parts of one, so that a step down fits a request. */
  public static final int MAX_RANGES = 256;

  /** Blocks in one offer: each costs the receiver a look at its index and its claims. */
  public static final int MAX_OFFERED = 1024;

  private RepairLimits() {}
}
