package io.cairnfs.client.vfs;

/**
 * Attributes and how long they hold.
 *
 * @param attributes the attributes
 * @param validNanos how long the kernel may cache them
 */
public record CachedAttributes(Attributes attributes, long validNanos) {}
