package io.cairnfs.client.namespace;

/**
 * An inode's attributes (key {@code I}): what only explicit operations on it change.
 *
 * @param type what it is
 * @param permissions the low 12 bits of {@code st_mode}
 * @param uid owner
 * @param gid group
 * @param links link count of anything but a directory, whose count follows from its subdirectories
 *     (see {@link InodeTimes})
 * @param device device number of a device node, else 0
 * @param birthNanos birth time, nanoseconds since the epoch
 * @param target a symlink's target, else empty; shared, not copied
 */
@SuppressWarnings("ArrayRecordComponent") // compared by tests only, through their own means
public record Inode(
    FileType type,
    int permissions,
    int uid,
    int gid,
    int links,
    int device,
    long birthNanos,
    byte[] target)
    implements Value {

  public static final byte[] NO_TARGET = {};

  public Inode withLinks(int newLinks) {
    return new Inode(type, permissions, uid, gid, newLinks, device, birthNanos, target);
  }

  public Inode withPermissions(int newPermissions) {
    return new Inode(type, newPermissions, uid, gid, links, device, birthNanos, target);
  }

  public Inode withOwner(int newUid, int newGid) {
    return new Inode(type, permissions, newUid, newGid, links, device, birthNanos, target);
  }
}
