package io.cairnfs.client.namespace;

import io.cairnfs.client.block.BlockClient;
import java.util.concurrent.atomic.LongAdder;

/**
 * What a session keeps through all its modes.
 *
 * @param head its voter
 * @param lease what is left to it
 * @param life whether it lives
 * @param memory its view
 * @param gate its mode
 * @param blocks of the volume
 * @param inodes its unused inode numbers
 * @param allowance what it may still add
 * @param options how it commits
 * @param conflicts how often a transaction had to run again because others were faster
 */
record SessionParts(
    HeadSession head,
    Lease lease,
    Life life,
    ViewMemory memory,
    Gate gate,
    BlockClient blocks,
    InodeNumbers inodes,
    Allowance allowance,
    CommitOptions options,
    LongAdder conflicts) {

  Overlay overlay() {
    return memory.overlay();
  }
}
