package io.cairnfs.client.namespace;

/**
 * A name in a directory (key {@code D}).
 *
 * @param name the name
 * @param inode number of the inode that it names
 * @param type that inode's type
 * @param cookie the entry's place in its directory, greater than 2, stable while other entries come
 *     and go: a 63-bit hash of the name, made unique in the directory
 */
public record DirectoryEntry(Name name, long inode, FileType type, long cookie) implements Value {}
