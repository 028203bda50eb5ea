package io.cairnfs.it;

import io.cairnfs.client.namespace.FileType;
import io.cairnfs.client.vfs.Attributes;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * A file or directory on a {@link LossyDisk}: where it is now and where it was at the last sync,
 * and a directory's entries likewise. Guarded by the disk.
 */
final class LossyNode {

  private static final int SECTOR = 512;

  /** A name that a node has. */
  private record Place(LossyNode directory, String name) {}

  final long inode;
  final FileType type;
  final int uid;
  final int gid;
  final LossyContent content = new LossyContent();
  private Map<String, LossyNode> entries = new TreeMap<>();
  private Map<String, LossyNode> durableEntries = new HashMap<>();
  private Set<Place> places = new LinkedHashSet<>();
  private final Set<Place> durablePlaces = new LinkedHashSet<>();

  /** Durable at once, which no database relies on. */
  int permissions;

  LossyNode(long inode, FileType type, int permissions, int uid, int gid) {
    this.inode = inode;
    this.type = type;
    this.permissions = permissions;
    this.uid = uid;
    this.gid = gid;
  }

  Attributes attributes() {
    long size = content.size();
    return new Attributes(
        inode,
        type,
        permissions,
        type == FileType.DIRECTORY ? 2 : places.size(),
        uid,
        gid,
        0,
        size,
        (size + SECTOR - 1) / SECTOR,
        0,
        0,
        0,
        0);
  }

  /** Names to nodes, in order; a view. */
  Map<String, LossyNode> entries() {
    return entries;
  }

  LossyNode parentOrSelf() {
    return places.isEmpty() ? this : places.iterator().next().directory();
  }

  /** From the root, by the oldest name; that of a directory ends with a slash. */
  String path() {
    String end = type == FileType.DIRECTORY ? "/" : "";
    if (places.isEmpty()) {
      return end;
    }
    Place place = places.iterator().next();
    return place.directory().path() + place.name() + end;
  }

  void attach(String name, LossyNode child) {
    entries.put(name, child);
    child.places.add(new Place(this, name));
  }

  void detach(String name) {
    LossyNode child = entries.remove(name);
    if (child != null) {
      child.places.remove(new Place(this, name));
    }
  }

  /** Makes the entries of this directory durable as they are now, removals among them. */
  void syncEntries() {
    durableEntries.forEach((name, child) -> child.durablePlaces.remove(new Place(this, name)));
    durableEntries = new HashMap<>(entries);
    durableEntries.forEach((name, child) -> child.durablePlaces.add(new Place(this, name)));
  }

  /** Makes the names of this node durable as they are now, and all directories on the way. */
  void syncPath() {
    for (Place place : durablePlaces) {
      place.directory().durableEntries.remove(place.name(), this);
    }
    durablePlaces.clear();
    for (Place place : places) {
      LossyNode replaced = place.directory().durableEntries.put(place.name(), this);
      if (replaced != null) {
        replaced.durablePlaces.remove(place);
      }
      durablePlaces.add(place);
      place.directory().syncPath();
    }
  }

  /** Goes back to what is durable, here and below, and shows every node that still exists. */
  void crash(Consumer<LossyNode> survivor) {
    entries = new TreeMap<>(durableEntries);
    places = new LinkedHashSet<>(durablePlaces);
    survivor.accept(this);
    entries.values().forEach(child -> child.crash(survivor));
  }
}
