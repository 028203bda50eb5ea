package io.cairnfs.client.namespace;

/**
 * Where a directory hangs (key {@code P}).
 *
 * @param parent inode number of the directory above
 * @param name its name there
 */
public record ParentLink(long parent, Name name) implements Value {}
