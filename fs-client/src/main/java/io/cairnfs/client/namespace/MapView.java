package io.cairnfs.client.namespace;

import io.cairnfs.client.extent.FileExtent;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.head.SessionId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A view of a map. Not thread-safe. */
sealed class MapView implements NamespaceView permits BufferedTransaction {

  /** Blocks that are fetched together for what is asked about listed entries. */
  private static final int MAX_AHEAD = 64;

  private final LayeredMap map;

  MapView(LayeredMap map) {
    this.map = map;
  }

  final LayeredMap map() {
    return map;
  }

  @Override
  public @Nullable Inode inode(long inode) {
    return (Inode) map.get(Key.inode(inode));
  }

  @Override
  public @Nullable InodeTimes times(long inode) {
    return (InodeTimes) map.get(Key.times(inode));
  }

  @Override
  public @Nullable DirectoryEntry lookup(long directory, Name name) {
    long bucket = NameHash.bucket(name);
    DirectoryEntry first = (DirectoryEntry) map.get(Key.entry(directory, bucket));
    if (first != null && first.name().equals(name)) {
      return first;
    }
    return inBucket(directory, bucket).stream()
        .filter(entry -> entry.name().equals(name))
        .findFirst()
        .orElse(null);
  }

  /** The names of a bucket. */
  final List<DirectoryEntry> inBucket(long directory, long bucket) {
    List<DirectoryEntry> entries = new ArrayList<>(0);
    map.scan(
        Key.entry(directory, bucket),
        Key.entry(directory, bucket + NameHash.SLOTS - 1).successor(),
        (key, value) -> entries.add((DirectoryEntry) value));
    return entries;
  }

  @Override
  public List<DirectoryEntry> list(long directory, long afterCookie, int limit) {
    List<DirectoryEntry> entries = new ArrayList<>();
    if (limit > 0) {
      map.scan(
          Key.entry(directory, afterCookie).successor(),
          Key.entry(directory + 1, 0),
          (key, value) -> {
            entries.add((DirectoryEntry) value);
            return entries.size() < limit;
          });
    }
    return entries;
  }

  @Override
  public void expectInodes(List<DirectoryEntry> entries) {
    List<Key> keys = new ArrayList<>();
    for (DirectoryEntry entry : entries) {
      Key key = Key.inode(entry.inode());
      if (map.getFromLayers(key) == null) {
        keys.add(key);
      }
    }
    List<Cid> missing = map.base().missing(keys, MAX_AHEAD);
    if (!missing.isEmpty()) {
      throw new MissingBlockException(missing);
    }
  }

  @Override
  public @Nullable ParentLink parent(long directory) {
    return (ParentLink) map.get(Key.parent(directory));
  }

  @Override
  public List<FileExtent> extents(long inode, long from, long to, int limit) {
    return from >= to ? List.of() : Changes.overlapping(map, inode, from, to, limit);
  }

  @Override
  public List<InodeExtent> extentsFrom(long inode, long offset, int limit) {
    List<InodeExtent> extents = new ArrayList<>();
    if (limit > 0) {
      map.scan(
          Key.extent(inode, offset),
          Key.extent(Long.MAX_VALUE, 0),
          (key, value) -> {
            Value.Content content = (Value.Content) value;
            extents.add(new InodeExtent(key.inode(), new FileExtent(key.sub(), content.extent())));
            return extents.size() < limit;
          });
    }
    return extents;
  }

  @Override
  public byte @Nullable [] xattr(long inode, String name) {
    Value value = map.get(Key.xattr(inode, XattrNames.toBytes(name)));
    return value == null ? null : ((Value.Attribute) value).bytes();
  }

  @Override
  public List<String> xattrs(long inode) {
    List<String> names = new ArrayList<>(0);
    map.scan(
        Key.xattr(inode, new byte[0]),
        Key.inode(inode + 1),
        (key, value) -> names.add(XattrNames.toText(key.tail())));
    return names;
  }

  @Override
  public List<Long> orphans(long afterInode, int limit) {
    List<Long> inodes = new ArrayList<>();
    if (limit > 0) {
      map.scan(
          Key.orphan(afterInode + 1),
          Key.orphan(Long.MAX_VALUE),
          (key, value) -> {
            if (inodes.isEmpty() || inodes.getLast() != key.inode()) {
              inodes.add(key.inode());
            }
            return inodes.size() < limit;
          });
    }
    return inodes;
  }

  @Override
  public List<SessionId> holders(long inode) {
    List<SessionId> holders = new ArrayList<>(0);
    map.scan(
        Key.orphan(inode),
        Key.orphan(inode + 1),
        (key, value) -> {
          SessionId holder = key.holder();
          if (holder != null) {
            holders.add(holder);
          }
          return true;
        });
    return holders;
  }
}
