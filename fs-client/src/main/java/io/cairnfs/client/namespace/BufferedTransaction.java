package io.cairnfs.client.namespace;

import io.cairnfs.client.extent.Extent;
import io.cairnfs.client.extent.FileExtent;
import io.cairnfs.protocol.head.SessionId;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A transaction as it is made: mutations are recorded, and applied to a layer of its own, which its
 * reads see. Reads and mutations leave their conflict tokens where they are wanted. Not
 * thread-safe.
 */
final class BufferedTransaction extends MapView implements Transaction {

  private final Changes changes;
  private final LongSupplier inodes;
  private final @Nullable Tokens tokens;
  private final List<Mutation> mutations = new ArrayList<>();
  private final Set<Long> orderAfter = new LinkedHashSet<>(0);
  private @Nullable Long contentOf;
  private boolean accepted;

  /**
   * @param below the map as the transaction finds it
   * @param inodes fresh inode numbers
   * @param tokens where tokens go; null for an exclusive session, which needs none
   */
  BufferedTransaction(LayeredMap below, LongSupplier inodes, @Nullable Tokens tokens) {
    this(new Changes(below), inodes, tokens);
  }

  private BufferedTransaction(Changes changes, LongSupplier inodes, @Nullable Tokens tokens) {
    super(changes.map());
    this.changes = changes;
    this.inodes = inodes;
    this.tokens = tokens;
  }

  Changes changes() {
    return changes;
  }

  List<Mutation> mutations() {
    return mutations;
  }

  Set<Long> orderAfter() {
    return orderAfter;
  }

  /** The inode whose content this is said to be; null if it is not only content. */
  @Nullable Long contentOf() {
    return contentOf;
  }

  /** Whether no quota may refuse it. */
  boolean isAccepted() {
    return accepted;
  }

  private void apply(Mutation mutation) {
    changes.apply(mutation);
    mutations.add(mutation);
    if (tokens != null) {
      tokens.written(mutation);
    }
  }

  private void read(Key key) {
    if (tokens != null) {
      tokens.read(key);
    }
  }

  @Override
  public @Nullable Inode inode(long inode) {
    read(Key.inode(inode));
    return super.inode(inode);
  }

  @Override
  public @Nullable InodeTimes times(long inode) {
    read(Key.times(inode));
    return super.times(inode);
  }

  @Override
  public @Nullable DirectoryEntry lookup(long directory, Name name) {
    if (tokens != null) {
      read(Key.entry(directory, NameHash.bucket(name)));
    }
    return super.lookup(directory, name);
  }

  @Override
  public List<DirectoryEntry> list(long directory, long afterCookie, int limit) {
    if (tokens != null) {
      tokens.readChildren(directory);
    }
    return super.list(directory, afterCookie, limit);
  }

  @Override
  public @Nullable ParentLink parent(long directory) {
    read(Key.parent(directory));
    return super.parent(directory);
  }

  @Override
  public List<FileExtent> extents(long inode, long from, long to, int limit) {
    read(Key.extent(inode, 0));
    return super.extents(inode, from, to, limit);
  }

  @Override
  public List<InodeExtent> extentsFrom(long inode, long offset, int limit) {
    throw new UnsupportedOperationException("no token stands for the extents of all files");
  }

  @Override
  public byte @Nullable [] xattr(long inode, String name) {
    read(Key.xattr(inode, new byte[0]));
    return super.xattr(inode, name);
  }

  @Override
  public List<String> xattrs(long inode) {
    read(Key.xattr(inode, new byte[0]));
    return super.xattrs(inode);
  }

  @Override
  public List<Long> orphans(long afterInode, int limit) {
    if (tokens != null) {
      tokens.readOrphans();
    }
    return super.orphans(afterInode, limit);
  }

  @Override
  public long newInode() {
    return inodes.getAsLong();
  }

  @Override
  public void putInode(long inode, Inode value) {
    apply(new Mutation.Put(Key.inode(inode), value));
  }

  @Override
  public void deleteInode(long inode) {
    apply(new Mutation.Delete(Key.inode(inode)));
  }

  @Override
  public void putTimes(long inode, InodeTimes value) {
    apply(new Mutation.Put(Key.times(inode), value));
  }

  @Override
  public void changeTimes(long inode, TimesChange change) {
    apply(new Mutation.ChangeTimes(inode, change));
  }

  @Override
  public void deleteTimes(long inode) {
    apply(new Mutation.Delete(Key.times(inode)));
  }

  @Override
  public void putEntry(long directory, Name name, long inode, FileType type) {
    long bucket = NameHash.bucket(name);
    read(Key.entry(directory, bucket)); // which slot is free is read
    long cookie = slotFor(bucket, name, inBucket(directory, bucket));
    apply(
        new Mutation.Put(
            Key.entry(directory, cookie), new DirectoryEntry(name, inode, type, cookie)));
  }

  /** The cookie that the name has, or else the lowest that is free. */
  static long slotFor(long bucket, Name name, List<DirectoryEntry> present) {
    long cookie = bucket;
    for (DirectoryEntry entry : present) {
      if (entry.name().equals(name)) {
        return entry.cookie();
      }
      cookie += entry.cookie() == cookie ? 1 : 0;
    }
    if (NameHash.bucketOf(cookie) != bucket) {
      throw new IllegalStateException(
          "more names share 60 bits of a SHA-256 than a directory takes");
    }
    return cookie;
  }

  @Override
  public void deleteEntry(long directory, Name name) {
    DirectoryEntry entry = lookup(directory, name);
    if (entry != null) {
      apply(new Mutation.Delete(Key.entry(directory, entry.cookie())));
    }
  }

  @Override
  public void putParent(long directory, long parent, Name name) {
    apply(new Mutation.Put(Key.parent(directory), new ParentLink(parent, name)));
  }

  @Override
  public void deleteParent(long directory) {
    apply(new Mutation.Delete(Key.parent(directory)));
  }

  @Override
  public void putExtent(long inode, long offset, Extent extent) {
    if (offset < 0 || extent.length() <= 0 || offset > Long.MAX_VALUE - extent.length()) {
      throw new IllegalArgumentException("no extent of " + extent.length() + " bytes at " + offset);
    }
    apply(new Mutation.PutExtent(inode, offset, extent));
  }

  @Override
  public void clearExtents(long inode, long from, long to) {
    if (from < 0 || from > to) {
      throw new IllegalArgumentException("no range [" + from + ", " + to + ")");
    }
    if (from < to) {
      apply(new Mutation.ClearExtents(inode, from, to));
    }
  }

  @Override
  public void putXattr(long inode, String name, byte[] value) {
    apply(new Mutation.Put(Key.xattr(inode, XattrNames.toBytes(name)), new Value.Attribute(value)));
  }

  @Override
  public void deleteXattr(long inode, String name) {
    apply(new Mutation.Delete(Key.xattr(inode, XattrNames.toBytes(name))));
  }

  @Override
  public void clearXattrs(long inode) {
    apply(new Mutation.ClearXattrs(inode));
  }

  @Override
  public void putOrphan(long inode) {
    apply(new Mutation.Put(Key.orphan(inode), Value.Orphan.MARK));
  }

  @Override
  public List<SessionId> holders(long inode) {
    read(Key.orphan(inode));
    return super.holders(inode);
  }

  @Override
  public void putHolder(long inode, SessionId session) {
    apply(new Mutation.Put(Key.holder(inode, session), Value.Orphan.MARK));
  }

  @Override
  public void deleteHolder(long inode, SessionId session) {
    apply(new Mutation.Delete(Key.holder(inode, session)));
  }

  @Override
  public boolean isShared() {
    return tokens != null;
  }

  @Override
  public void deleteOrphan(long inode) {
    holders(inode).forEach(holder -> deleteHolder(inode, holder));
    apply(new Mutation.Delete(Key.orphan(inode)));
  }

  @Override
  public void orderAfterContentOf(long inode) {
    orderAfter.add(inode);
  }

  @Override
  public void contentOf(long inode) {
    contentOf = inode;
  }

  @Override
  public void accepted() {
    accepted = true;
  }
}
