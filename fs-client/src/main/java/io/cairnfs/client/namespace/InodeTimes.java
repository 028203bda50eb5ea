package io.cairnfs.client.namespace;

/**
 * An inode's times and sizes (key {@code T}): written by commutative operations only, see {@link
 * TimesChange}.
 *
 * @param atimeNanos last access, nanoseconds since the epoch
 * @param mtimeNanos last change of content
 * @param ctimeNanos last change of content or attributes
 * @param size a file's length in bytes; a directory's number of entries
 * @param allocated bytes that extents cover
 * @param subdirectories of a directory; its link count is 2 more
 */
public record InodeTimes(
    long atimeNanos,
    long mtimeNanos,
    long ctimeNanos,
    long size,
    long allocated,
    int subdirectories)
    implements Value {

  InodeTimes withAllocated(long newAllocated) {
    return new InodeTimes(atimeNanos, mtimeNanos, ctimeNanos, size, newAllocated, subdirectories);
  }
}
