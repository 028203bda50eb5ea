package io.cairnfs.node.head;

/**
 * The heads of one cell as this node hosts them.
 *
 * @param heads of its volumes
 * @param snapshots of the same volumes
 */
public record Hosted(CellHeads heads, CellSnapshots snapshots) {}
