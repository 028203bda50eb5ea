package io.cairnfs.protocol.head;

/**
 * Whether a session may fold, and how far.
 *
 * @param held whether it has the volume's fold token now
 * @param through the last sequence that a fold may include, because a snapshot is to be pinned
 *     there; {@link #UNBOUNDED} for any
 */
public record FoldToken(boolean held, long through) {

  public static final long UNBOUNDED = Long.MAX_VALUE;
}
