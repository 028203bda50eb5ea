package io.cairnfs.client.vfs;

import java.util.Collection;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The inodes that this mount knows: those that the kernel holds, that are open, or that have data
 * to store. Thread-safe.
 */
final class InodeTable {

  private final ConcurrentHashMap<Long, InodeState> states = new ConcurrentHashMap<>();

  /** Counts one more lookup by the kernel. */
  void remember(long inode) {
    states.compute(
        inode,
        (number, state) -> {
          InodeState known = state == null ? new InodeState(number) : state;
          known.lookups++;
          return known;
        });
  }

  void forget(long inode, long lookups) {
    states.computeIfPresent(
        inode,
        (number, state) -> {
          state.lookups = Math.max(0, state.lookups - lookups);
          return isIdle(state) ? null : state;
        });
  }

  @Nullable InodeState find(long inode) {
    return states.get(inode);
  }

  InodeState get(long inode) {
    return states.computeIfAbsent(inode, InodeState::new);
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
    states.computeIfPresent(state.inode(), (number, known) -> isIdle(known) ? null : known);
  }

  Collection<InodeState> all() {
    return states.values();
  }

  private static boolean isIdle(InodeState state) {
    return state.lookups == 0 && state.opens.get() == 0 && !state.isDirty();
  }
}
