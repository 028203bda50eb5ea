package io.cairnfs.client.fsck;

import io.cairnfs.client.extent.Extent;
import io.cairnfs.client.extent.FileExtent;
import io.cairnfs.client.namespace.FileType;
import io.cairnfs.client.namespace.ImageEdits;
import io.cairnfs.client.namespace.NamespaceException;
import org.jspecify.annotations.Nullable;

/**
 * The rules of extents: they belong to regular files, do not overlap, and have no data past the
 * file's end. Takes extents by inode and offset. For one thread.
 */
final class ContentRules {

  private static final int NO_ROW = -1;

  private final InodeTable table;
  private final Findings findings;
  private final Paths paths;
  private final ImageEdits edits;
  private final BlockCheck blocks;
  private int row = NO_ROW;
  private @Nullable FileExtent previous;

  /** What stuck out of an extent behind the one that overlapped it. */
  private @Nullable FileExtent overhang;

  ContentRules(
      InodeTable table, Findings findings, Paths paths, ImageEdits edits, BlockCheck blocks) {
    this.table = table;
    this.findings = findings;
    this.paths = paths;
    this.edits = edits;
    this.blocks = blocks;
  }

  void extent(long inode, FileExtent extent) throws NamespaceException, InterruptedException {
    int of = table.find(inode);
    if (of != row) {
      end();
      row = of;
    }
    if (of < 0 || table.type(of) != FileType.REGULAR) {
      findings.mendable(
          "content at " + extent.offset() + " of inode " + inode + ", which is no file", "removed");
      edits.deleteExtent(inode, extent.offset());
      return;
    }
    FileExtent kept = withinSize(inode, extent);
    if (kept == null) {
      return;
    }
    separate(inode, kept);
    add(inode, kept);
    previous = kept;
    if (kept.extent() instanceof Extent.InBlock inBlock) {
      blocks.content(inBlock.block(), inode, kept);
    }
  }

  /** No more extents follow. */
  void end() throws NamespaceException, InterruptedException {
    if (overhang != null) {
      putOverhang(table.number(row), Long.MAX_VALUE);
    }
    previous = null;
    overhang = null;
  }

  private void add(long inode, FileExtent extent) {
    int of = table.find(inode);
    table.foundCounts[of] += extent.extent().length();
    table.foundSizes[of] = Math.max(table.foundSizes[of], extent.end());
  }

  /** What is left of an extent before the end of its file; reserved space may go beyond it. */
  private @Nullable FileExtent withinSize(long inode, FileExtent extent)
      throws NamespaceException, InterruptedException {
    long size = table.sizes[row];
    if (!table.hasTimes[row] || extent.end() <= size || extent.extent() instanceof Extent.Zeros) {
      return extent;
    }
    findings.mendable(
        paths.of(inode) + ": has data up to byte " + extent.end() + " behind its end at " + size,
        "cut off");
    if (extent.offset() >= size) {
      edits.deleteExtent(inode, extent.offset());
      return null;
    }
    FileExtent cut =
        new FileExtent(extent.offset(), extent.extent().slice(0, size - extent.offset()));
    edits.putExtent(inode, cut.offset(), cut.extent());
    return cut;
  }

  /** Shortens what overlaps an extent from before it; the later start wins. */
  private void separate(long inode, FileExtent extent)
      throws NamespaceException, InterruptedException {
    if (overhang != null) {
      putOverhang(inode, extent.offset());
      overhang = behind(overhang, extent);
    }
    FileExtent before = previous;
    if (before == null || before.end() <= extent.offset()) {
      return;
    }
    findings.mendable(
        paths.of(inode)
            + ": two extents have bytes "
            + extent.offset()
            + " to "
            + (Math.min(before.end(), extent.end()) - 1),
        "those of the extent at " + extent.offset() + " are kept");
    FileExtent rest = behind(before, extent);
    if (rest != null && (overhang == null || overhang.end() < rest.end())) {
      overhang = rest;
    }
    long length = extent.offset() - before.offset();
    edits.putExtent(inode, before.offset(), before.extent().slice(0, length));
    table.foundCounts[row] -= before.extent().length() - length;
  }

  /** The part of an extent behind the end of another. */
  private static @Nullable FileExtent behind(FileExtent extent, FileExtent other) {
    if (extent.end() <= other.end()) {
      return null;
    }
    long from = Math.max(other.end(), extent.offset());
    return new FileExtent(
        from, extent.extent().slice(from - extent.offset(), extent.extent().length()));
  }

  /** Puts as much of the overhang as there is room for. */
  private void putOverhang(long inode, long end) {
    FileExtent rest = overhang;
    if (rest != null && rest.offset() < end) {
      long length = Math.min(rest.end(), end) - rest.offset();
      FileExtent fits = new FileExtent(rest.offset(), rest.extent().slice(0, length));
      edits.putExtent(inode, fits.offset(), fits.extent());
      add(inode, fits);
    }
  }
}
