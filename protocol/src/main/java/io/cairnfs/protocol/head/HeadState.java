package io.cairnfs.protocol.head;

import io.cairnfs.protocol.cid.Cid;
import org.jspecify.annotations.Nullable;

/**
 * Where a volume's head is.
 *
 * @param root the tree's root block; null for a volume whose history has not been folded yet
 * @param rootSequence the sequence that the root includes; 0 for none
 * @param rootChain the hash of the history up to {@code rootSequence}
 * @param sequence the last committed sequence; deltas between the two are served by {@link
 *     Head#deltas}
 * @param chain the hash of the history up to {@code sequence}
 * @param unfoldedBytes size of those deltas, each counted with {@link
 *     HeadLimits#DELTA_OVERHEAD_BYTES}
 * @param usage what the volume holds
 * @param quota what it may hold
 * @param quotaVersion how many quotas were set; 0 for a volume that never had one
 * @param sweep the last sweep that was opened, which claims are made with; 1 before the first
 */
public record HeadState(
    @Nullable Cid root,
    long rootSequence,
    ChainHash rootChain,
    long sequence,
    ChainHash chain,
    long unfoldedBytes,
    Usage usage,
    Quota quota,
    long quotaVersion,
    long sweep) {}
