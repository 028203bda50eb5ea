package io.cairnfs.node.store;

/**
 * What a store knows about a block without reading its body.
 *
 * @param sizeBytes its length
 * @param arrival its number in the arrival log
 * @param replication on how many nodes it is to be; 0 for the node's default; or what else {@link
 *     io.cairnfs.protocol.block.Redundancy} knows
 * @param pinned whether a pin holds it
 * @param quarantined whether its body is known to be damaged
 * @param garbage whether it goes when its grace is over, because nothing holds it any more
 */
public record BlockStat(
    int sizeBytes,
    long arrival,
    int replication,
    boolean pinned,
    boolean quarantined,
    boolean garbage) {}
