package io.cairnfs.client.namespace;

import io.cairnfs.client.extent.Extent;

/**
 * One step of a transaction, as it is applied to a layer and as it travels in a delta. Applying the
 * same mutations to the same map gives the same map, wherever that is done.
 */
sealed interface Mutation {

  /** The inode that it is about; a name's directory. */
  long inode();

  /** Puts a value; for all kinds of keys but extents. */
  record Put(Key key, Value value) implements Mutation {
    @Override
    public long inode() {
      return key.inode();
    }
  }

  /** Deletes a key, which need not exist; for all kinds but extents. */
  record Delete(Key key) implements Mutation {
    @Override
    public long inode() {
      return key.inode();
    }
  }

  /** Deletes all extended attributes of an inode. */
  record ClearXattrs(long inode) implements Mutation {}

  /** Puts an extent over whatever is in its range. */
  record PutExtent(long inode, long offset, Extent extent) implements Mutation {}

  /** Makes a range a hole; {@link Long#MAX_VALUE} as end means all that follows. */
  record ClearExtents(long inode, long from, long to) implements Mutation {}

  /** Changes times and sizes; without effect where there are none. */
  record ChangeTimes(long inode, TimesChange change) implements Mutation {}
}
