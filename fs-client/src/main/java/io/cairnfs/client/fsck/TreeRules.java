package io.cairnfs.client.fsck;

import io.cairnfs.client.extent.BlockRef;
import io.cairnfs.client.extent.Extent;
import io.cairnfs.client.extent.FileExtent;
import io.cairnfs.client.fsck.NamespaceCheck.Suspect;
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
import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.head.Usage;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The rules that can be checked when all records were seen: the directories are a tree, everything
 * has a place in it, and what is counted was counted right. For one thread.
 */
final class TreeRules {

  private static final Name LOST_AND_FOUND = Name.of("lost+found");
  private static final int LOST_AND_FOUND_PERMISSIONS = 0700;

  /** Lost bytes of one file that are marked one by one; about as many as a full disk has. */
  private static final long MAX_MARKED_BYTES = 1L << 40;

  /** Extents that mark them have this length, as those of files mostly do. */
  private static final int MARK_BYTES = 1 << 20;

  /** Where new inode numbers come from. */
  @FunctionalInterface
  interface InodeSource {
    long next() throws HeadException, InterruptedException;
  }

  private enum Reach {
    ON_THE_WAY,
    REACHED
  }

  private final InodeTable table;
  private final Findings findings;
  private final Paths paths;
  private final VolumeImage image;
  private final ImageEdits edits;
  private final InodeSource inodes;
  private final LongSupplier nowNanos;
  private final Set<Integer> changed = new HashSet<>();
  private int lostAndFound = -1;

  TreeRules(
      InodeTable table,
      Findings findings,
      Paths paths,
      VolumeImage image,
      InodeSource inodes,
      LongSupplier nowNanos) {
    this.table = table;
    this.findings = findings;
    this.paths = paths;
    this.image = image;
    this.edits = image.edits();
    this.inodes = inodes;
    this.nowNanos = nowNanos;
  }

  /**
   * Checks all.
   *
   * @return what the volume holds, once it is mended
   */
  Usage check(NamespaceCheck seen) throws HeadException, NamespaceException, InterruptedException {
    settle(seen.suspects());
    reachDirectories();
    reachOthers(seen);
    for (LostPart part : seen.lostParts()) {
      markLostContent(part);
    }
    long bytes = 0;
    for (int row = 0; row < table.size(); row++) {
      checkTimes(row);
      bytes += table.isDirectory(row) ? 0 : table.foundCounts[row];
    }
    return new Usage(bytes, table.size());
  }

  /** Decides on names of directories that their parent records do not confirm. */
  private void settle(List<Suspect> suspects) throws NamespaceException, InterruptedException {
    for (Suspect suspect : suspects) {
      DirectoryEntry entry = suspect.entry();
      int child = table.find(entry.inode());
      String path = paths.of(suspect.directory(), entry.name());
      if (table.names[child] > 0) {
        findings.mendable(path + ": is a second name of a directory", "removed");
        edits.deleteEntry(suspect.directory(), entry.cookie());
      } else {
        findings.mendable(path + ": its parent record says that it is elsewhere", "corrected");
        edits.putParent(entry.inode(), new ParentLink(suspect.directory(), entry.name()));
        table.addName(table.find(suspect.directory()), child, entry.cookie());
      }
    }
  }

  private void reachDirectories() throws HeadException, NamespaceException, InterruptedException {
    int directories = table.size();
    Reach[] reach = new Reach[directories];
    List<Integer> way = new ArrayList<>();
    for (int row = 0; row < directories; row++) {
      int at = row;
      while (table.isDirectory(at) && at < directories && reach[at] == null) {
        reach[at] = Reach.ON_THE_WAY;
        way.add(at);
        if (table.isRoot(at)) {
          break;
        }
        if (table.names[at] == 0) {
          reconnect(at, "inode " + table.number(at) + ": a directory without a name");
          break;
        }
        int above = table.find(table.nameDirectories[at]);
        if (above < directories && reach[above] == Reach.ON_THE_WAY) {
          breakLoop(above, at);
          break;
        }
        at = above;
      }
      way.forEach(passed -> reach[passed] = Reach.REACHED);
      way.clear();
    }
  }

  private void breakLoop(int above, int below)
      throws HeadException, NamespaceException, InterruptedException {
    edits.deleteEntry(table.number(above), table.nameCookies[below]);
    table.removeName(above, below);
    reconnect(below, "inode " + table.number(below) + ": a directory below itself");
  }

  private void reachOthers(NamespaceCheck seen)
      throws HeadException, NamespaceException, InterruptedException {
    int before = table.size();
    for (int row = 0; row < before; row++) {
      if (table.isDirectory(row)) {
        continue;
      }
      boolean orphan = seen.orphans().contains(table.number(row));
      if (table.names[row] == 0 && !orphan) {
        reconnect(row, "inode " + table.number(row) + ": a file without a name");
      } else if (table.names[row] > 0 && orphan) {
        findings.mendable(
            paths.of(table.number(row)) + ": has a name and is listed as unlinked", "corrected");
        edits.deleteOrphan(table.number(row));
      }
      checkLinks(row);
    }
    for (long orphan : seen.orphans()) {
      int row = table.find(orphan);
      if (row < 0 || table.isDirectory(row)) {
        findings.mendable("inode " + orphan + ": listed as unlinked and no such file", "removed");
        edits.deleteOrphan(orphan);
      }
    }
  }

  private void checkLinks(int row) throws NamespaceException, InterruptedException {
    if (table.links[row] == table.names[row]) {
      return;
    }
    long number = table.number(row);
    findings.mendable(
        paths.of(number) + ": link count is " + table.links[row], "set to " + table.names[row]);
    Inode inode = image.<@Nullable Inode>read(view -> view.inode(number));
    edits.putInode(number, Objects.requireNonNull(inode).withLinks(table.names[row]));
  }

  /** Gives something without a place one in lost+found. */
  private void reconnect(int row, String what)
      throws HeadException, NamespaceException, InterruptedException {
    int directory = lostAndFound();
    Name name = Name.of("#" + table.number(row));
    findings.mendable(what, "moved to /" + LOST_AND_FOUND + "/" + name);
    long parent = table.number(directory);
    DirectoryEntry entry = edits.addEntry(parent, name, table.number(row), table.type(row));
    if (table.isDirectory(row)) {
      edits.putParent(table.number(row), new ParentLink(parent, name));
    }
    addMadeName(directory, row, entry);
  }

  /** Counts a name that is made here, so that nobody says that it was not counted. */
  private void addMadeName(int directory, int row, DirectoryEntry entry) {
    table.addName(directory, row, entry.cookie());
    table.sizes[directory]++;
    table.counts[directory] += table.isDirectory(row) ? 1 : 0;
    changed.add(directory);
  }

  private int lostAndFound() throws HeadException, NamespaceException, InterruptedException {
    if (lostAndFound >= 0) {
      return lostAndFound;
    }
    DirectoryEntry existing =
        image.<@Nullable DirectoryEntry>read(
            view -> view.lookup(NamespaceView.ROOT, LOST_AND_FOUND));
    int row = existing == null ? -1 : table.find(existing.inode());
    if (table.isDirectory(row)) {
      lostAndFound = row;
      return row;
    }
    if (row >= 0) {
      throw new NamespaceException(
          NamespaceException.Reason.DAMAGED,
          "/" + LOST_AND_FOUND + " is no directory; rename it, then check again",
          null);
    }
    long number = inodes.next();
    Inode made =
        new Inode(
            FileType.DIRECTORY,
            LOST_AND_FOUND_PERMISSIONS,
            0,
            0,
            0,
            0,
            nowNanos.getAsLong(),
            Inode.NO_TARGET);
    row = table.add(number, FileType.DIRECTORY);
    edits.putInode(number, made);
    edits.putParent(number, new ParentLink(NamespaceView.ROOT, LOST_AND_FOUND));
    DirectoryEntry entry =
        edits.addEntry(NamespaceView.ROOT, LOST_AND_FOUND, number, FileType.DIRECTORY);
    addMadeName(table.find(NamespaceView.ROOT), row, entry);
    table.hasTimes[row] = true;
    changed.add(row);
    lostAndFound = row;
    return row;
  }

  /**
   * Makes what a file lost with a block of the tree fail when it is read, rather than be zeros: it
   * is made to refer to that block, which nobody has.
   */
  private void markLostContent(LostPart part) throws NamespaceException, InterruptedException {
    for (int row = 0; row < table.size(); row++) {
      if (table.type(row) != FileType.REGULAR || !table.hasTimes[row]) {
        continue;
      }
      long number = table.number(row);
      long from = part.contentStart(number);
      long to = Math.min(part.contentEnd(number), table.sizes[row]);
      long missing = table.counts[row] - table.foundCounts[row];
      if (from < to && missing > 0) {
        String what = paths.of(number) + ": " + missing + " bytes from " + from + " to " + (to - 1);
        if (to - from > MAX_MARKED_BYTES) {
          findings.left(what + " are lost, and read as zeros");
        } else {
          findings.left(what + " are lost, and fail when they are read once this is repaired");
          mark(row, from, to, part);
        }
      }
    }
  }

  private void mark(int row, long from, long to, LostPart part)
      throws NamespaceException, InterruptedException {
    long number = table.number(row);
    long at = from;
    for (FileExtent extent : image.read(view -> view.extents(number, from, to))) {
      markHole(row, at, extent.offset(), part);
      at = Math.max(at, extent.end());
    }
    markHole(row, at, to, part);
  }

  private void markHole(int row, long from, long to, LostPart part) {
    for (long at = from; at < to; at += MARK_BYTES) {
      long length = Math.min(MARK_BYTES, to - at);
      edits.putExtent(
          table.number(row), at, new Extent.InBlock(new BlockRef.Stored(part.block()), 0, length));
      table.foundCounts[row] += length;
    }
  }

  /** Whether times and sizes are there and count right. */
  private void checkTimes(int row) throws NamespaceException, InterruptedException {
    long number = table.number(row);
    boolean directory = table.isDirectory(row);
    long size = directory || !table.hasTimes[row] ? table.foundSizes[row] : table.sizes[row];
    boolean right =
        table.hasTimes[row]
            && size == table.sizes[row]
            && table.counts[row] == table.foundCounts[row];
    if (right && !changed.contains(row)) {
      return;
    }
    if (!right) {
      findings.mendable(paths.of(number) + ": " + whatIsWrong(row, size), "corrected");
    }
    InodeTimes old = image.<@Nullable InodeTimes>read(view -> view.times(number));
    long now = nowNanos.getAsLong();
    InodeTimes base = old == null ? new InodeTimes(now, now, now, 0, 0, 0) : old;
    edits.putTimes(
        number,
        new InodeTimes(
            base.atimeNanos(),
            base.mtimeNanos(),
            base.ctimeNanos(),
            size,
            directory ? 0 : table.foundCounts[row],
            directory ? Math.toIntExact(table.foundCounts[row]) : 0));
  }

  private String whatIsWrong(int row, long size) {
    if (!table.hasTimes[row]) {
      return "has no times and sizes";
    }
    if (!table.isDirectory(row)) {
      return table.counts[row] + " bytes are counted, " + table.foundCounts[row] + " are there";
    }
    return table.sizes[row]
        + " entries and "
        + table.counts[row]
        + " directories are counted, "
        + size
        + " and "
        + table.foundCounts[row]
        + " are there";
  }
}
