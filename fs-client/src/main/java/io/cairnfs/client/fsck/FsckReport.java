package io.cairnfs.client.fsck;

/**
 * What a check came to.
 *
 * @param inodes of the volume
 * @param names in its directories, without those that were found wrong
 * @param treeBlocks of its tree
 * @param contentBlocks that its files refer to; one that is referred to from far apart may count
 *     more than once
 * @param repaired problems that are mended
 * @param left problems that are not
 * @param unchecked blocks of which no node that answers could tell
 */
public record FsckReport(
    long inodes,
    long names,
    long treeBlocks,
    long contentBlocks,
    long repaired,
    long left,
    long unchecked) {}
