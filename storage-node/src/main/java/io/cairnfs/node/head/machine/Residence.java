package io.cairnfs.node.head.machine;

/** What a cell has of a volume, from the least to the most. */
public enum Residence {
  /** Nothing. */
  UNKNOWN,
  /** It is on its way here, or was here. */
  ELSEWHERE,
  /** Its sealed state, which is on its way to another cell. */
  LEAVING,
  /** It is hosted here. */
  HERE
}
