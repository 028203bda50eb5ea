package io.cairnfs.node.store;

/**
 * A store's size and state.
 *
 * @param blocks how many
 * @param bytes sum of their lengths
 * @param quarantined how many of them are damaged
 * @param garbageBlocks how many of them nothing holds any more
 * @param garbageBytes sum of the lengths of these
 * @param freeBytes room left for blocks, above the reserve
 * @param writable false while blocks of every size are refused, for want of space or by a failing
 *     disk
 */
public record StoreFigures(
    long blocks,
    long bytes,
    long quarantined,
    long garbageBlocks,
    long garbageBytes,
    long freeBytes,
    boolean writable) {}
