package io.cairnfs.client.namespace;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What another session's transactions have changed, as far as somebody may have it cached or open.
 *
 * @param everything what was changed is not known: anything may be
 * @param names whether entries of directories were changed
 * @param inodes whose attributes, times or extended attributes were changed
 * @param contents inodes whose extents or size were changed
 * @param orphans inodes that have lost their last name and are kept until nobody holds them
 */
public record TakenChanges(
    boolean everything, boolean names, Set<Long> inodes, Set<Long> contents, Set<Long> orphans) {

  static final TakenChanges EVERYTHING = new TakenChanges(true, true, Set.of(), Set.of(), Set.of());

  static TakenChanges of(List<Mutation> mutations) {
    boolean names = false;
    Set<Long> inodes = new LinkedHashSet<>();
    Set<Long> contents = new LinkedHashSet<>();
    Set<Long> orphans = new LinkedHashSet<>();
    for (Mutation mutation : mutations) {
      long inode = mutation.inode();
      inodes.add(inode);
      switch (mutation) {
        case Mutation.Put(Key key, Value value) -> {
          names |= key.kind() == Key.ENTRY;
          if (key.kind() == Key.ORPHAN) {
            orphans.add(inode);
          }
        }
        case Mutation.Delete(Key key) -> names |= key.kind() == Key.ENTRY;
        case Mutation.PutExtent put -> contents.add(inode);
        case Mutation.ClearExtents clear -> contents.add(inode);
        case Mutation.ChangeTimes change -> {
          if (change.change().raiseSize() != null || change.change().setSize() != null) {
            contents.add(inode);
          }
        }
        case Mutation.ClearXattrs clear -> {}
      }
    }
    return new TakenChanges(false, names, inodes, contents, orphans);
  }
}
