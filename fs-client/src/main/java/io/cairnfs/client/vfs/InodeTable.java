package io.cairnfs.client.vfs;

import java.util.Collection;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The inodes that this mount knows: how often the kernel holds each, and the state of those that
 * are in use, are open, have data to store, or are gone from the namespace while the kernel still
 * holds them. Thread-safe.
 */
final class InodeTable {

  private final LookupCounts lookups = new LookupCounts();
  private final ConcurrentHashMap<Long, InodeState> states = new ConcurrentHashMap<>();

  /** Counts one more lookup by the kernel. */
  void remember(long inode) {
    lookups.add(inode);
  }

  /** Gives lookups back; tells whether the kernel has forgotten the inode. */
  boolean forget(long inode, long count) {
    if (lookups.subtract(inode, count) > 0) {
      return false;
    }
    dropIfIdle(inode);
    return true;
  }

  /** Whether the kernel knows an inode. */
  boolean isHeld(long inode) {
    return lookups.isHeld(inode);
  }

  /** Visits the inodes that the kernel knows. */
  void forEachHeld(LongConsumer visitor) {
    lookups.forEach(visitor);
  }

  /** Notes that an inode has lost its last name; tells whether it is open. Never waits. */
  boolean orphan(long inode) {
    InodeState found =
        states.computeIfPresent(
            inode,
            (number, state) -> {
              if (state.opens.get() > 0) {
                state.orphan = true;
              }
              return state;
            });
    return found != null && found.orphan;
  }

  /** Whether an inode is open. */
  boolean isOpen(long inode) {
    InodeState state = states.get(inode);
    return state != null && state.opens.get() > 0;
  }

  /** The inodes that are open. */
  Set<Long> allOpen() {
    return states.values().stream()
        .filter(state -> state.opens.get() > 0)
        .map(InodeState::inode)
        .collect(Collectors.toSet());
  }

  /** Those of them that have no name. */
  Set<Long> openOrphans() {
    return states.values().stream()
        .filter(state -> state.orphan && state.opens.get() > 0)
        .map(InodeState::inode)
        .collect(Collectors.toSet());
  }

  /** The state of an inode if there is one. It may be dropped while its finder looks at it. */
  @Nullable InodeState find(long inode) {
    return states.get(inode);
  }

  /** The state of an inode, which stays until {@link #release}. */
  InodeState get(long inode) {
    return states.compute(
        inode,
        (number, state) -> {
          InodeState known = state == null ? new InodeState(number) : state;
          known.users++;
          return known;
        });
  }

  /** Gives back what {@link #get} gave. */
  void release(InodeState state) {
    states.computeIfPresent(
        state.inode(),
        (number, known) -> {
          known.users--;
          return isIdle(known) ? null : known;
        });
  }

  /** Counts one more open handle, and keeps the state until it is closed. */
  InodeState open(long inode) {
    return states.compute(
        inode,
        (number, state) -> {
          InodeState known = state == null ? new InodeState(number) : state;
          known.opens.incrementAndGet();
          return known;
        });
  }

  /** Counts one handle less; tells how many are left. */
  int close(InodeState state) {
    int[] left = {0};
    states.computeIfPresent(
        state.inode(),
        (number, known) -> {
          left[0] = known.opens.decrementAndGet();
          return isIdle(known) ? null : known;
        });
    return left[0];
  }

  /** Drops a state that nothing needs any more. */
  void tidy(InodeState state) {
    dropIfIdle(state.inode());
  }

  private void dropIfIdle(long inode) {
    states.computeIfPresent(inode, (number, known) -> isIdle(known) ? null : known);
  }

  Collection<InodeState> all() {
    return states.values();
  }

  private boolean isIdle(InodeState state) {
    return state.users == 0
        && state.opens.get() == 0
        && !state.isDirty()
        && (state.ghost == null || !lookups.isHeld(state.inode()));
  }
}
