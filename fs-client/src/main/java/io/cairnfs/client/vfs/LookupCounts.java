package io.cairnfs.client.vfs;

import java.util.function.LongConsumer;

/**
 * How many lookups of each inode the kernel holds. It may hold millions of inodes, of most of which
 * this is all there is to know, so that they take two longs each and not an object: hash tables
 * with linear probing, in stripes that are locked one by one. Thread-safe.
 */
final class LookupCounts {

  private static final int STRIPES = 64; // a power of two

  private final Stripe[] stripes = new Stripe[STRIPES];

  LookupCounts() {
    for (int i = 0; i < STRIPES; i++) {
      stripes[i] = new Stripe();
    }
  }

  private static long mix(long inode) {
    long mixed = inode * 0x9e37_79b9_7f4a_7c15L; // Fibonacci hashing: the high bits are good
    return mixed ^ (mixed >>> 32);
  }

  private Stripe stripeOf(long inode) {
    return stripes[(int) (mix(inode) >>> 58) & (STRIPES - 1)];
  }

  /** Counts one more. */
  void add(long inode) {
    stripeOf(inode).add(inode);
  }

  /** Gives some back; tells how many are left. */
  long subtract(long inode, long lookups) {
    return stripeOf(inode).subtract(inode, lookups);
  }

  /** Visits the inodes that are held. */
  void forEach(LongConsumer visitor) {
    for (Stripe stripe : stripes) {
      for (long inode : stripe.inodes()) {
        if (inode != Stripe.NONE) {
          visitor.accept(inode);
        }
      }
    }
  }

  boolean isHeld(long inode) {
    return stripeOf(inode).count(inode) > 0;
  }

  /** A table of which at most three quarters are in use. */
  private static final class Stripe {

    private static final int MIN_SLOTS = 16;
    private static final long NONE = 0; // no inode has this number

    private long[] inodes = new long[MIN_SLOTS];
    private long[] counts = new long[MIN_SLOTS];
    private int size;

    /** Where an inode is, or else where it would be. */
    private int slotOf(long inode) {
      int slot = (int) mix(inode) & (inodes.length - 1);
      while (inodes[slot] != NONE && inodes[slot] != inode) {
        slot = (slot + 1) & (inodes.length - 1);
      }
      return slot;
    }

    synchronized void add(long inode) {
      int slot = slotOf(inode);
      if (inodes[slot] == NONE) {
        inodes[slot] = inode;
        size++;
      }
      counts[slot]++;
      if (4L * size > 3L * inodes.length) {
        resize(2 * inodes.length);
      }
    }

    synchronized long subtract(long inode, long lookups) {
      int slot = slotOf(inode);
      if (inodes[slot] == NONE) {
        return 0;
      }
      counts[slot] = Math.max(0, counts[slot] - lookups);
      long left = counts[slot];
      if (left == 0) {
        remove(slot);
      }
      return left;
    }

    /** What is held, and {@link #NONE}. */
    synchronized long[] inodes() {
      return inodes.clone();
    }

    synchronized long count(long inode) {
      return counts[slotOf(inode)];
    }

    /** Closes the gap, so that every inode is still found from where its search begins. */
    private void remove(int removed) {
      int mask = inodes.length - 1;
      int gap = removed;
      for (int slot = (gap + 1) & mask; inodes[slot] != NONE; slot = (slot + 1) & mask) {
        int wanted = (int) mix(inodes[slot]) & mask;
        if (((slot - wanted) & mask) >= ((slot - gap) & mask)) {
          inodes[gap] = inodes[slot];
          counts[gap] = counts[slot];
          gap = slot;
        }
      }
      inodes[gap] = NONE;
      counts[gap] = 0;
      size--;
      if (inodes.length > MIN_SLOTS && 8 * size < inodes.length) {
        resize(inodes.length / 2);
      }
    }

    private void resize(int slots) {
      long[] oldInodes = inodes;
      long[] oldCounts = counts;
      inodes = new long[slots];
      counts = new long[slots];
      for (int i = 0; i < oldInodes.length; i++) {
        if (oldInodes[i] != NONE) {
          int slot = slotOf(oldInodes[i]);
          inodes[slot] = oldInodes[i];
          counts[slot] = oldCounts[i];
        }
      }
    }
  }
}
