package io.cairnfs.client.namespace;

import io.cairnfs.client.extent.Extent;

/**
 * Repairs of a map, each of exactly one key: unlike transactions they trust nothing that is there.
 * Not thread-safe.
 */
public final class ImageEdits {

  private final Layer layer = new Layer();
  private final MapView view;

  ImageEdits(LayeredMap below) {
    view = new MapView(below.under(layer));
  }

  Layer layer() {
    return layer;
  }

  public boolean isEmpty() {
    return layer.isEmpty();
  }

  public void putInode(long number, Inode inode) {
    layer.put(Key.inode(number), inode);
  }

  public void putTimes(long number, InodeTimes times) {
    layer.put(Key.times(number), times);
  }

  public void deleteTimes(long number) {
    layer.put(Key.times(number), Value.Absent.ABSENT);
  }

  public void putParent(long directory, ParentLink link) {
    layer.put(Key.parent(directory), link);
  }

  public void deleteParent(long directory) {
    layer.put(Key.parent(directory), Value.Absent.ABSENT);
  }

  public void deleteXattr(long number, String name) {
    layer.put(Key.xattr(number, XattrNames.toBytes(name)), Value.Absent.ABSENT);
  }

  public void deleteOrphan(long number) {
    layer.put(Key.orphan(number), Value.Absent.ABSENT);
  }

  /** Puts an entry where its cookie says. */
  public void putEntry(long directory, DirectoryEntry entry) {
    layer.put(Key.entry(directory, entry.cookie()), entry);
  }

  /** Adds a name that the directory does not have, where there is room for it. */
  public DirectoryEntry addEntry(long directory, Name name, long inode, FileType type) {
    long bucket = NameHash.bucket(name);
    long cookie = BufferedTransaction.slotFor(bucket, name, view.inBucket(directory, bucket));
    DirectoryEntry entry = new DirectoryEntry(name, inode, type, cookie);
    putEntry(directory, entry);
    return entry;
  }

  public void deleteEntry(long directory, long cookie) {
    layer.put(Key.entry(directory, cookie), Value.Absent.ABSENT);
  }

  public void putExtent(long number, long offset, Extent extent) {
    layer.put(Key.extent(number, offset), new Value.Content(extent));
  }

  public void deleteExtent(long number, long offset) {
    layer.put(Key.extent(number, offset), Value.Absent.ABSENT);
  }
}
