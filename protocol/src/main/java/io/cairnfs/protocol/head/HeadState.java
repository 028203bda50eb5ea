package io.cairnfs.protocol.head;

import io.cairnfs.protocol.cid.Cid;
import org.jspecify.annotations.Nullable;

/**
 * Where a volume's head is.
 *
 * @param root the tree's root block; null for a volume whose history has not been folded yet
 * @param rootSequence the sequence that the root includes; 0 for none
 * @param sequence the last committed sequence; deltas between the two are served by {@link
 *     Head#deltas}
 * @param unfoldedBytes size of those deltas, in bytes
 * @param usage what the volume holds
 */
public record HeadState(
    @Nullable Cid root, long rootSequence, long sequence, long unfoldedBytes, Usage usage) {}
