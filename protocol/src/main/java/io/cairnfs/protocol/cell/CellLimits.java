package io.cairnfs.protocol.cell;

/** Bounds on cells. */
public final class CellLimits {

  /** Voters: more would make each commit slower and survive no more than rare coincidences. */
  public static final int MAX_MEMBERS = 7;

  /** Voters of a cell that nodes form. */
  public static final int MEMBERS = 3;

  /**
   * Changes of the members that a record can prove: it has to fit a value of the DHT with the keys
   * and signatures of all of them.
   */
  public static final int MAX_EPOCHS = 32;

  /** Cells of one node: each costs some threads, memory and idle work. */
  public static final int MAX_CELLS_PER_NODE = 8;

  private CellLimits() {}
}
