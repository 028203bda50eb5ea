package io.cairnfs.client.namespace;

import io.cairnfs.client.extent.Extent;
import io.cairnfs.protocol.head.SessionId;

/**
 * One file-system operation in the making: reads see the state before it and what it wrote itself.
 * Nothing is visible to others before the function that makes it returns; if that throws, nothing
 * happened.
 */
public interface Transaction extends NamespaceView {

  /**
   * A fresh inode number, never used before. May throw to be run again while a range is being
   * granted.
   */
  long newInode();

  void putInode(long inode, Inode value);

  void deleteInode(long inode);

  /** Starts an inode's times and sizes. */
  void putTimes(long inode, InodeTimes value);

  /** Changes an inode's times and sizes; commutes with other such changes. */
  void changeTimes(long inode, TimesChange change);

  void deleteTimes(long inode);

  /** Adds a name, or makes it name another inode. */
  void putEntry(long directory, Name name, long inode, FileType type);

  void deleteEntry(long directory, Name name);

  void putParent(long directory, long parent, Name name);

  void deleteParent(long directory);

  /**
   * Puts an extent over whatever was in its range: a range operation, in the order of sequences.
   */
  void putExtent(long inode, long offset, Extent extent);

  /**
   * Makes [from, to) of a file a hole: a range operation. {@link Long#MAX_VALUE} as end means all
   * that follows.
   */
  void clearExtents(long inode, long from, long to);

  void putXattr(long inode, String name, byte[] value);

  void deleteXattr(long inode, String name);

  /** Deletes every extended attribute of an inode. */
  void clearXattrs(long inode);

  /** Records an inode without links that is, or may be, open. */
  void putOrphan(long inode);

  /** Says that a session has an orphan open. */
  void putHolder(long inode, SessionId session);

  void deleteHolder(long inode, SessionId session);

  /** Forgets that an inode is an orphan, and who holds it. */
  void deleteOrphan(long inode);

  /** Whether other sessions may have open what this session has not. */
  boolean isShared();

  /**
   * Says that this transaction must not become durable before the content that was written to an
   * inode before it: a rename or link of that inode.
   */
  void orderAfterContentOf(long inode);

  /**
   * Says that this transaction holds nothing but content of one inode, so that it may be committed
   * later than others that do not name that inode by {@link #orderAfterContentOf}.
   */
  void contentOf(long inode);

  /** Says that room for this was set aside: no quota refuses it. */
  void accepted();
}
