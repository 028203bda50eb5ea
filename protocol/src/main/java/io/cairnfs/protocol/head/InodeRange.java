package io.cairnfs.protocol.head;

/**
 * Inode numbers that belong to one session, never granted again.
 *
 * @param first the first of them
 * @param end one past the last
 */
public record InodeRange(long first, long end) {}
