package io.cairnfs.client.namespace;

import io.cairnfs.client.extent.FileExtent;
import io.cairnfs.protocol.head.SessionId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A consistent look at the namespace. Valid inside the function that it was passed to, on that
 * thread only.
 *
 * <p>Its methods work from memory; where a tree block is missing they throw {@link
 * MissingBlockException}, which {@link Namespace} catches: it fetches the block and runs the
 * function again. Functions therefore have no side effects.
 */
public interface NamespaceView {

  /** Number of the root directory's inode, as FUSE has it. */
  long ROOT = 1;

  @Nullable Inode inode(long inode);

  @Nullable InodeTimes times(long inode);

  @Nullable DirectoryEntry lookup(long directory, Name name);

  /**
   * Entries with a cookie greater than {@code afterCookie}, in the order of cookies, at most {@code
   * limit}.
   */
  List<DirectoryEntry> list(long directory, long afterCookie, int limit);

  /** Says that the inodes of all these are asked for next: their blocks come together. */
  void expectInodes(List<DirectoryEntry> entries);

  /** The directory above a directory and its name there; null for the root. */
  @Nullable ParentLink parent(long directory);

  /** The extents that overlap a range of a file, in order, whole (not cut to the range). */
  default List<FileExtent> extents(long inode, long from, long to) {
    return extents(inode, from, to, Integer.MAX_VALUE);
  }

  /** The first so many of those. */
  List<FileExtent> extents(long inode, long from, long to, int limit);

  /**
   * The extents of all files, by inode and offset.
   *
   * @param inode where to begin
   * @param offset the lowest in that inode
   * @param limit at most so many
   */
  List<InodeExtent> extentsFrom(long inode, long offset, int limit);

  /** An extended attribute's value, by its full name; shared, not copied. */
  byte @Nullable [] xattr(long inode, String name);

  List<String> xattrs(long inode);

  /** The sessions that said that they have an orphan open. */
  List<SessionId> holders(long inode);

  /** Orphans: inodes without links that were open when they lost the last. */
  List<Long> orphans(long afterInode, int limit);
}
