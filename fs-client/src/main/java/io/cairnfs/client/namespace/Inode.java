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
 * @param place where a name of it is, as far as that is known; {@link Place#UNKNOWN} of a
 *     directory, whose place is a record of its own
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
    byte[] target,
    Place place)
    implements Value {

  public static final byte[] NO_TARGET = {};

  /**
   * Where in the map a name of an inode was put last. A hint, since names come and go without it:
   * who follows it looks whether the name is there.
   *
   * @param directory that has the name; 0 if unknown
   * @param bucket in which {@link NameHash} puts it
   */
  public record Place(long directory, long bucket) {

    public static final Place UNKNOWN = new Place(0, 0);
  }

  /** One of which no place is known. */
  public Inode(
      FileType type,
      int permissions,
      int uid,
      int gid,
      int links,
      int device,
      long birthNanos,
      byte[] target) {
    this(type, permissions, uid, gid, links, device, birthNanos, target, Place.UNKNOWN);
  }

  /** The inode after it got a name. */
  public Inode named(long directory, Name name) {
    return type == FileType.DIRECTORY
        ? this
        : new Inode(
            type,
            permissions,
            uid,
            gid,
            links,
            device,
            birthNanos,
            target,
            new Place(directory, NameHash.bucket(name)));
  }

  /** Whether it has or had a name: false of a file that was made without one (O_TMPFILE). */
  public boolean wasNamed() {
    return !place.equals(Place.UNKNOWN);
  }

  public Inode withLinks(int newLinks) {
    return new Inode(type, permissions, uid, gid, newLinks, device, birthNanos, target, place);
  }

  public Inode withPermissions(int newPermissions) {
    return new Inode(type, newPermissions, uid, gid, links, device, birthNanos, target, place);
  }

  public Inode withOwner(int newUid, int newGid) {
    return new Inode(type, permissions, newUid, newGid, links, device, birthNanos, target, place);
  }
}
