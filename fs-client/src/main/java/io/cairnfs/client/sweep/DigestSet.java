package io.cairnfs.client.sweep;

import io.cairnfs.protocol.identity.Key256;
import java.nio.ByteBuffer;

/**
 * Digests of blocks, known by their first eight bytes: so a block may be taken for one that is in
 * the set, never the other way round. Twelve to twenty-four bytes a digest. Not thread-safe.
 */
final class DigestSet {

  private static final int FIRST_SLOTS = 1 << 12;

  /** Fuller tables make long runs of full slots. */
  private static final double MAX_LOAD = 2.0 / 3;

  /** An empty slot; the digest that begins with it is kept as another. */
  private static final long EMPTY = 0;

  private long[] slots = new long[FIRST_SLOTS];
  private int size;

  /** The first eight bytes of a digest. */
  static long head(Key256 digest) {
    return ByteBuffer.wrap(digest.toBytes()).getLong();
  }

  /**
   * @return whether it was not there
   */
  boolean add(Key256 digest) {
    if (size + 1 > MAX_LOAD * slots.length) {
      grow();
    }
    boolean added = insert(kept(digest));
    size += added ? 1 : 0;
    return added;
  }

  boolean contains(Key256 digest) {
    long wanted = kept(digest);
    int slot = slot(wanted);
    while (slots[slot] != EMPTY) {
      if (slots[slot] == wanted) {
        return true;
      }
      slot = (slot + 1) & (slots.length - 1);
    }
    return false;
  }

  int size() {
    return size;
  }

  private static long kept(Key256 digest) {
    long head = head(digest);
    return head == EMPTY ? 1 : head;
  }

  /** Digests are evenly spread already; their last bits are used, as others use the first. */
  private int slot(long value) {
    return (int) value & (slots.length - 1);
  }

  private boolean insert(long value) {
    int slot = slot(value);
    while (slots[slot] != EMPTY) {
      if (slots[slot] == value) {
        return false;
      }
      slot = (slot + 1) & (slots.length - 1);
    }
    slots[slot] = value;
    return true;
  }

  private void grow() {
    long[] before = slots;
    slots = new long[2 * before.length];
    for (long value : before) {
      if (value != EMPTY) {
        insert(value);
      }
    }
  }
}
