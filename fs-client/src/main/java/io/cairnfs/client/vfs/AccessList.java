package io.cairnfs.client.vfs;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.function.IntBinaryOperator;

/**
 * A POSIX access control list, acl(5), and what it has in common with a mode. Its bytes are those
 * of Linux's extended attributes: a version, then entries of tag, permissions and id,
 * little-endian.
 *
 * @param entries in the order that {@link #parse} demands
 */
record AccessList(List<Entry> entries) {

  /** Who an entry is for, in the order in which entries come. */
  enum Tag {
    OWNER(0x01),
    USER(0x02),
    GROUP(0x04),
    NAMED_GROUP(0x08),
    MASK(0x10),
    OTHER(0x20);

    private final int number;

    Tag(int number) {
      this.number = number;
    }

    private boolean isNamed() {
      return this == USER || this == NAMED_GROUP;
    }

    private static Tag of(int number) throws VfsException {
      for (Tag tag : values()) {
        if (tag.number == number) {
          return tag;
        }
      }
      throw new VfsException(Failure.INVALID);
    }
  }

  /**
   * What one of them may do.
   *
   * @param tag who
   * @param permissions 0 to 7, as in a mode
   * @param id of a named user or group
   */
  record Entry(Tag tag, int permissions, int id) {}

  static final AccessList NONE = new AccessList(List.of());

  private static final int VERSION = 2;
  private static final int ENTRY_BYTES = 8;
  private static final int NO_ID = -1;

  private static final int PERMISSIONS_OF_ONE = 07;
  private static final int PERMISSIONS_OF_ALL = 0777;
  private static final int NOWHERE = -1;

  AccessList {
    entries = List.copyOf(entries);
  }

  /**
   * Reads a list; an empty one stands for none.
   *
   * @throws VfsException INVALID unless there are one owner, users, one group, groups, a mask
   *     (which named users and groups need), one other, in this order; NOT_SUPPORTED for another
   *     version
   */
  static AccessList parse(byte[] value) throws VfsException {
    ByteBuffer in = ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN);
    if (value.length % ENTRY_BYTES != Integer.BYTES) {
      throw new VfsException(Failure.INVALID);
    }
    if (in.getInt() != VERSION) {
      throw new VfsException(Failure.NOT_SUPPORTED);
    }
    List<Entry> entries = new ArrayList<>();
    while (in.hasRemaining()) {
      Tag tag = Tag.of(in.getShort());
      int permissions = Short.toUnsignedInt(in.getShort());
      int id = in.getInt();
      entries.add(new Entry(tag, permissions, tag.isNamed() ? id : NO_ID));
    }
    requireValid(entries);
    return new AccessList(entries);
  }

  private static void requireValid(List<Entry> entries) throws VfsException {
    EnumMap<Tag, Integer> counts = new EnumMap<>(Tag.class);
    Tag last = Tag.OWNER;
    for (Entry entry : entries) {
      Tag tag = entry.tag();
      if (tag.compareTo(last) < 0
          || entry.permissions() > PERMISSIONS_OF_ONE
          || (tag.isNamed() && entry.id() == NO_ID)) {
        throw new VfsException(Failure.INVALID);
      }
      last = tag;
      counts.merge(tag, 1, Integer::sum);
    }
    boolean named = counts.containsKey(Tag.USER) || counts.containsKey(Tag.NAMED_GROUP);
    int masks = counts.getOrDefault(Tag.MASK, 0);
    boolean whole =
        counts.getOrDefault(Tag.OWNER, 0) == 1
            && counts.getOrDefault(Tag.GROUP, 0) == 1
            && counts.getOrDefault(Tag.OTHER, 0) == 1
            && (masks == 1 || (masks == 0 && !named));
    if (!whole && !entries.isEmpty()) {
      throw new VfsException(Failure.INVALID);
    }
  }

  byte[] toBytes() {
    ByteBuffer out =
        ByteBuffer.allocate(Integer.BYTES + entries.size() * ENTRY_BYTES)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putInt(VERSION);
    for (Entry entry : entries) {
      out.putShort((short) entry.tag().number);
      out.putShort((short) entry.permissions());
      out.putInt(entry.id());
    }
    return out.array();
  }

  boolean isEmpty() {
    return entries.isEmpty();
  }

  /** Whether a mode says as much. */
  boolean isMode() {
    return entries.stream().allMatch(entry -> entry.tag() != Tag.MASK && !entry.tag().isNamed());
  }

  /** The low 12 bits of a mode, with this list's permissions in them. */
  int in(int mode) {
    int permissions = 0;
    for (Entry entry : entries) {
      int place = place(entry.tag());
      permissions |= place == NOWHERE ? 0 : entry.permissions() << place;
    }
    return (mode & ~PERMISSIONS_OF_ALL) | permissions;
  }

  /** This list after chmod(2). */
  AccessList changedTo(int mode) {
    return with((permissions, ofMode) -> ofMode, mode);
  }

  /** This default list as the list of a new inode, which creat(2) or the like gives a mode. */
  AccessList inheritedBy(int mode) {
    return with((permissions, ofMode) -> permissions & ofMode, mode);
  }

  private AccessList with(IntBinaryOperator change, int mode) {
    List<Entry> changed = new ArrayList<>();
    for (Entry entry : entries) {
      int place = place(entry.tag());
      changed.add(
          place == NOWHERE
              ? entry
              : new Entry(
                  entry.tag(),
                  change.applyAsInt(entry.permissions(), (mode >> place) & PERMISSIONS_OF_ONE),
                  entry.id()));
    }
    return new AccessList(changed);
  }

  /** By how many bits an entry is shifted in a mode, where a mask stands for the group. */
  private int place(Tag tag) {
    return switch (tag) {
      case OWNER -> 6;
      case GROUP -> isMode() ? 3 : NOWHERE;
      case MASK -> 3;
      case OTHER -> 0;
      case USER, NAMED_GROUP -> NOWHERE;
    };
  }
}
