package io.cairnfs.client.vfs;

/**
 * A file that was created and opened in one step.
 *
 * @param entry its inode
 * @param opened its handle
 */
public record Created(Entry entry, Opened opened) {}
