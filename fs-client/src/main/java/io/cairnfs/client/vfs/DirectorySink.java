package io.cairnfs.client.vfs;

import io.cairnfs.client.namespace.FileType;

/** Takes the entries of a directory until it is full. */
public interface DirectorySink {

  /**
   * Takes a name.
   *
   * @param next cookie to continue after this entry
   * @return false if there was no room: the entry was not taken
   */
  boolean name(byte[] name, long inode, FileType type, long next);

  /**
   * Takes a name with its inode's attributes; the file system counts a lookup for each one that was
   * taken, but for "." and "..".
   *
   * @param next cookie to continue after this entry
   * @return false if there was no room: the entry was not taken
   */
  boolean entry(byte[] name, Entry entry, long next);
}
