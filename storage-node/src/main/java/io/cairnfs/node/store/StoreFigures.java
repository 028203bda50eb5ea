package io.cairnfs.node.store;

/**
 * A store's size and state.
 *
 * @param blocks how many
 * @param bytes sum of their lengths
 * @param quarantined how many of them are damaged
 * @param freeBytes room left for blocks, above the reserve
 * @param writable false while blocks of every size are refused, for want of space or by a failing
 *     disk
 */
public record StoreFigures(
    long blocks, long bytes, long quarantined, long freeBytes, boolean writable) {}
