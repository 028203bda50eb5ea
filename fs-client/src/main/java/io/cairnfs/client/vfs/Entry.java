package io.cairnfs.client.vfs;

/**
 * An inode that the kernel now knows, with one more lookup counted; {@link Vfs#forget} gives
 * lookups back.
 *
 * @param attributes its attributes
 * @param generation tells two inodes of one number apart; numbers are never used again, so it is
 *     constant
 * @param validNanos how long the kernel may cache the name and the attributes; 0 for not at all
 */
public record Entry(Attributes attributes, long generation, long validNanos) {}
