package io.cairnfs.client.namespace;

import io.cairnfs.protocol.head.VolumeId;

/**
 * What a session is opened with.
 *
 * @param volume which volume
 * @param holder names the session to people, such as {@code host:pid:/mnt}
 * @param rootUid owner of the root directory, should the volume be new
 * @param rootGid its group
 * @param cacheBytes memory for decoded tree nodes
 * @param commit how it commits
 */
public record NamespaceOptions(
    VolumeId volume,
    String holder,
    int rootUid,
    int rootGid,
    long cacheBytes,
    CommitOptions commit) {

  /** Room for the inodes and names of about half a million small files. */
  public static final long DEFAULT_CACHE_BYTES = 64L << 20;

  public NamespaceOptions {
    if (cacheBytes <= 0) {
      throw new IllegalArgumentException("a cache has a size, not " + cacheBytes);
    }
  }

  /** The defaults, for a volume that root owns if it is new. */
  public static NamespaceOptions of(VolumeId volume, String holder) {
    return new NamespaceOptions(volume, holder, 0, 0, DEFAULT_CACHE_BYTES, CommitOptions.DEFAULTS);
  }

  public NamespaceOptions withRootOwner(int uid, int gid) {
    return new NamespaceOptions(volume, holder, uid, gid, cacheBytes, commit);
  }

  public NamespaceOptions withCacheBytes(long bytes) {
    return new NamespaceOptions(volume, holder, rootUid, rootGid, bytes, commit);
  }

  public NamespaceOptions withCommit(CommitOptions options) {
    return new NamespaceOptions(volume, holder, rootUid, rootGid, cacheBytes, options);
  }
}
