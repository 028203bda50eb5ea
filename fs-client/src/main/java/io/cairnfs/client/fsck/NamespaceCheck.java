package io.cairnfs.client.fsck;

import io.cairnfs.client.extent.FileExtent;
import io.cairnfs.client.namespace.DirectoryEntry;
import io.cairnfs.client.namespace.FileType;
import io.cairnfs.client.namespace.ImageEdits;
import io.cairnfs.client.namespace.Inode;
import io.cairnfs.client.namespace.InodeTimes;
import io.cairnfs.client.namespace.LostPart;
import io.cairnfs.client.namespace.Name;
import io.cairnfs.client.namespace.NamespaceException;
import io.cairnfs.client.namespace.NamespaceView;
import io.cairnfs.client.namespace.ParentLink;
import io.cairnfs.client.namespace.VolumeImage;
import io.cairnfs.protocol.cid.Cid;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * The rules that records of a map must keep with each other, as far as they can be checked record
 * by record: everything belongs to an inode, names name inodes, directories have one name. What can
 * be said only when all were seen is left to {@link TreeRules}. For one thread.
 */
final class NamespaceCheck implements VolumeImage.Visitor {

  /** A name of a directory that its parent record does not confirm. */
  record Suspect(long directory, DirectoryEntry entry) {}

  private static final long NONE = -1;
  private static final long AFTER_INODES = Long.MAX_VALUE;
  private static final int ROOT_PERMISSIONS = 0755;

  private final InodeTable table;
  private final Findings findings;
  private final Paths paths;
  private final ImageEdits edits;
  private final BlockCheck blocks;
  private final ContentRules content;
  private final LongConsumer progress;
  private final LongSupplier nowNanos;
  private final Set<Long> orphans = new TreeSet<>();
  private final List<Suspect> suspects = new ArrayList<>();
  private final List<LostPart> lost = new ArrayList<>();
  private final List<Name> bucketNames = new ArrayList<>();
  private long bucketDirectory = NONE;
  private long bucket = NONE;
  private long current = NONE;
  private long names;
  private long seen;

  /**
   * @param progress is told how many records were seen
   * @param nowNanos nanoseconds since the epoch
   */
  NamespaceCheck(
      InodeTable table,
      Findings findings,
      Paths paths,
      ImageEdits edits,
      BlockCheck blocks,
      LongConsumer progress,
      LongSupplier nowNanos) {
    this.table = table;
    this.findings = findings;
    this.paths = paths;
    this.edits = edits;
    this.blocks = blocks;
    this.progress = progress;
    this.nowNanos = nowNanos;
    content = new ContentRules(table, findings, paths, edits, blocks);
  }

  /** Inodes with an orphan record. */
  Set<Long> orphans() {
    return orphans;
  }

  List<Suspect> suspects() {
    return suspects;
  }

  List<LostPart> lostParts() {
    return lost;
  }

  /** Names that name something. */
  long names() {
    return names;
  }

  @Override
  public void treeBlock(Cid cid) throws NamespaceException, InterruptedException {
    blocks.tree(cid);
  }

  @Override
  public void lost(LostPart part) {
    lost.add(part);
    findings.mendable(
        "the tree's block " + part.block() + " is lost, with " + part + " (" + part.why() + ")",
        "left out of a new tree");
  }

  private void count() {
    progress.accept(++seen);
  }

  @Override
  public void orphan(long inode) {
    count();
    orphans.add(inode);
  }

  @Override
  public void inode(long number, Inode inode) {
    count();
    requireRoot(number, inode.type());
    current = number;
    int row = table.add(number, inode.type());
    table.links[row] = inode.links();
  }

  /** Makes a root, the first inode of all, where the first one found is another. */
  private void requireRoot(long number, FileType type) {
    boolean first = table.size() == 0;
    if (first && number == NamespaceView.ROOT && type != FileType.DIRECTORY) {
      throw new IllegalStateException("the root is no directory: nothing here mends that");
    }
    if (first && number != NamespaceView.ROOT) {
      long now = nowNanos.getAsLong();
      findings.mendable("the root directory is lost", "made anew");
      edits.putInode(
          NamespaceView.ROOT,
          new Inode(FileType.DIRECTORY, ROOT_PERMISSIONS, 0, 0, 1, 0, now, Inode.NO_TARGET));
      table.add(NamespaceView.ROOT, FileType.DIRECTORY);
    }
  }

  /** The row of an inode whose attributes came just now; negative if there are none. */
  private int row(long number) {
    return number == current ? table.size() - 1 : -1;
  }

  @Override
  public void times(long number, InodeTimes times) {
    count();
    int row = row(number);
    if (row < 0) {
      findings.mendable("inode " + number + ": has times but no attributes", "removed");
      edits.deleteTimes(number);
      return;
    }
    table.hasTimes[row] = true;
    table.sizes[row] = times.size();
    table.counts[row] = table.isDirectory(row) ? times.subdirectories() : times.allocated();
  }

  @Override
  public void parent(long directory, ParentLink link) {
    count();
    int row = row(directory);
    if (!table.isDirectory(row) || table.isRoot(row)) {
      findings.mendable("inode " + directory + ": has a parent record and should not", "removed");
      edits.deleteParent(directory);
      return;
    }
    table.parents[row] = link.parent();
    table.parentBuckets[row] = VolumeImage.bucket(link.name());
  }

  @Override
  public void xattr(long inode, String name) {
    count();
    if (row(inode) < 0) {
      findings.mendable(
          "inode " + inode + ": has the attribute " + name + " and does not exist", "removed");
      edits.deleteXattr(inode, name);
    }
  }

  @Override
  public void entry(long directory, DirectoryEntry entry)
      throws NamespaceException, InterruptedException {
    count();
    requireRoot(AFTER_INODES, FileType.REGULAR);
    int parent = table.find(directory);
    if (!table.isDirectory(parent)) {
      remove(directory, entry, "is in no directory");
      return;
    }
    int child = table.find(entry.inode());
    if (child < 0) {
      remove(directory, entry, "names inode " + entry.inode() + ", which does not exist");
      return;
    }
    if (table.isRoot(child)) {
      remove(directory, entry, "names the root");
      return;
    }
    if (!isNewName(directory, entry)) {
      remove(directory, entry, "is there twice");
      return;
    }
    DirectoryEntry good = inItsPlace(directory, typed(directory, entry, table.type(child)));
    if (table.isDirectory(child) && !isConfirmed(child, directory, good)) {
      suspects.add(new Suspect(directory, good));
      return;
    }
    names++;
    table.addName(parent, child, entry.cookie());
  }

  private void remove(long directory, DirectoryEntry entry, String why)
      throws NamespaceException, InterruptedException {
    findings.mendable(paths.of(directory, entry.name()) + ": " + why, "removed");
    edits.deleteEntry(directory, entry.cookie());
  }

  /** Whether a directory's parent record says that it is here, and nothing before did. */
  private boolean isConfirmed(int child, long directory, DirectoryEntry entry) {
    return table.names[child] == 0
        && table.parents[child] == directory
        && table.parentBuckets[child] == VolumeImage.bucket(entry.name());
  }

  private boolean isNewName(long directory, DirectoryEntry entry) {
    long of = VolumeImage.bucketOf(entry.cookie());
    if (directory != bucketDirectory || of != bucket) {
      bucketNames.clear();
      bucketDirectory = directory;
      bucket = of;
    }
    if (bucketNames.contains(entry.name())) {
      return false;
    }
    bucketNames.add(entry.name());
    return true;
  }

  private DirectoryEntry typed(long directory, DirectoryEntry entry, FileType type)
      throws NamespaceException, InterruptedException {
    if (entry.type() == type) {
      return entry;
    }
    findings.mendable(
        paths.of(directory, entry.name()) + ": is called a " + entry.type() + " and is a " + type,
        "corrected");
    DirectoryEntry corrected =
        new DirectoryEntry(entry.name(), entry.inode(), type, entry.cookie());
    edits.putEntry(directory, corrected);
    return corrected;
  }

  /** Moves an entry that no lookup finds to where it would. */
  private DirectoryEntry inItsPlace(long directory, DirectoryEntry entry)
      throws NamespaceException, InterruptedException {
    if (VolumeImage.bucket(entry.name()) == VolumeImage.bucketOf(entry.cookie())) {
      return entry;
    }
    findings.mendable(paths.of(directory, entry.name()) + ": is where no lookup finds it", "moved");
    edits.deleteEntry(directory, entry.cookie());
    return edits.addEntry(directory, entry.name(), entry.inode(), entry.type());
  }

  @Override
  public void extent(long inode, FileExtent extent)
      throws NamespaceException, InterruptedException {
    count();
    requireRoot(AFTER_INODES, FileType.REGULAR);
    content.extent(inode, extent);
  }

  /** All was visited. */
  void end() throws NamespaceException, InterruptedException {
    requireRoot(AFTER_INODES, FileType.REGULAR);
    content.end();
  }
}
