package io.cairnfs.node.cell;

/** What a node knows of its cluster's cells when it starts. */
public enum CellStart {
  /** It has just begun a cluster: nobody else can have a cell. */
  FIRST,
  /** It began a cluster that may have other nodes by now. */
  BEGINNER,
  /** Others began the cluster. */
  JOINER
}
