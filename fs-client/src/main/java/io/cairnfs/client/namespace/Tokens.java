package io.cairnfs.client.namespace;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The conflict tokens of a transaction: 64-bit hashes of what it read and of what it wrote. The
 * head compares nothing else, so they must meet wherever a read would have seen a write: a name by
 * its bucket, all names of a directory, all extents and all extended attributes of a file, and each
 * inode's attributes, times, parent and orphan record. Times are changed without being read, which
 * is what lets creates in one directory go side by side. Not thread-safe.
 */
final class Tokens {

  /** What a token stands for besides single keys, so that no two kinds share one. */
  private static final byte CHILDREN = 0x7f;

  private static final byte ORPHANS = 0x7e;

  private final Set<Long> read = new LinkedHashSet<>();
  private final Set<Long> written = new LinkedHashSet<>();

  void read(Key key) {
    read.add(of(key));
  }

  void readChildren(long directory) {
    read.add(children(directory));
  }

  void readOrphans() {
    read.add(orphans());
  }

  /** Adds what a mutation writes. */
  void written(Mutation mutation) {
    switch (mutation) {
      case Mutation.Put put -> writtenKey(put.key());
      case Mutation.Delete delete -> writtenKey(delete.key());
      case Mutation.ClearXattrs clear -> written.add(hash(Key.XATTR, clear.inode(), 0));
      case Mutation.PutExtent put -> writtenContent(put.inode());
      case Mutation.ClearExtents clear -> writtenContent(clear.inode());
      case Mutation.ChangeTimes change -> written.add(of(Key.times(change.inode())));
    }
  }

  private void writtenKey(Key key) {
    written.add(of(key));
    if (key.kind() == Key.ENTRY) {
      written.add(children(key.inode()));
    } else if (key.kind() == Key.ORPHAN) {
      written.add(orphans());
    }
  }

  private void writtenContent(long inode) {
    written.add(of(Key.extent(inode, 0)));
    written.add(of(Key.times(inode))); // what is allocated
  }

  List<Long> read() {
    return new ArrayList<>(read);
  }

  List<Long> written() {
    return new ArrayList<>(written);
  }

  /** The token of a key. */
  static long of(Key key) {
    long sub = key.kind() == Key.ENTRY ? NameHash.bucketOf(key.sub()) : 0;
    return hash(key.kind(), key.inode(), sub);
  }

  static long children(long directory) {
    return hash(CHILDREN, directory, 0);
  }

  static long orphans() {
    return hash(ORPHANS, 0, 0);
  }

  /** A bijective mixer (that of SplitMix64) over each part in turn. */
  private static long hash(byte kind, long inode, long sub) {
    return mix(mix(mix(kind) + inode) + sub);
  }

  private static long mix(long value) {
    long z = value + 0x9e37_79b9_7f4a_7c15L;
    z = (z ^ (z >>> 30)) * 0xbf58_476d_1ce4_e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d0_49bb_1331_11ebL;
    return z ^ (z >>> 31);
  }
}
