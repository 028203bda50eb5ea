package io.cairnfs.client.fsck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairnfs.client.extent.BlockRef;
import io.cairnfs.client.extent.Extent;
import io.cairnfs.client.extent.FileExtent;
import io.cairnfs.client.history.HeldVolume;
import io.cairnfs.client.namespace.DirectoryEntry;
import io.cairnfs.client.namespace.FileType;
import io.cairnfs.client.namespace.InodeTimes;
import io.cairnfs.client.namespace.Name;
import io.cairnfs.client.namespace.NamespaceException;
import io.cairnfs.client.namespace.ParentLink;
import io.cairnfs.client.namespace.TimesChange;
import io.cairnfs.client.namespace.VolumeImage;
import io.cairnfs.client.vfs.Caller;
import io.cairnfs.client.vfs.MountedVolume;
import io.cairnfs.client.vfs.Vfs;
import io.cairnfs.client.vfs.VfsException;
import io.cairnfs.protocol.block.Block;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.head.HeadState;
import io.cairnfs.protocol.head.Snapshot;
import io.cairnfs.protocol.head.Usage;
import io.cairnfs.protocol.identity.NodeId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Volumes that are damaged in one way each. The volume is
 *
 * <pre>
 *   /
 *   +-- large      3 MiB
 *   +-- dir/
 *   |   +-- small  1 kB
 *   |   +-- sub/
 *   |       +-- deep
 *   +-- link       to dir/small
 * </pre>
 */
final class FsckTest {

  private static final int ROOT = VolumeFixture.ROOT;
  private static final int LARGE_BYTES = 3 << 20;

  private final VolumeFixture volume = new VolumeFixture();
  private long large;
  private long dir;
  private long small;
  private long sub;
  private long deep;

  @BeforeEach
  void make() throws Exception {
    volume.mounted(
        vfs -> {
          large = VolumeFixture.file(vfs, ROOT, "large", LARGE_BYTES);
          dir = VolumeFixture.directory(vfs, ROOT, "dir");
          small = VolumeFixture.file(vfs, dir, "small", 1000);
          sub = VolumeFixture.directory(vfs, dir, "sub");
          deep = VolumeFixture.file(vfs, sub, "deep", 2000);
          vfs.link(Caller.ROOT, small, ROOT, VolumeFixture.bytes("link"));
          vfs.setXattr(Caller.ROOT, small, "user.x", new byte[1], Vfs.XattrMode.ANY, false);
        });
  }

  private void assertFound(String part) {
    assertTrue(
        volume.found.stream().anyMatch(line -> line.contains(part)),
        () -> part + " in " + volume.found);
  }

  private static void assertTold(List<String> told, String part) {
    assertTrue(told.stream().anyMatch(line -> line.contains(part)), () -> part + " in " + told);
  }

  @Test
  void aHealthyVolumeIsClean() throws Exception {
    FsckReport report = volume.check();
    assertEquals(List.of(), volume.found);
    assertEquals(new FsckReport(6, 6, 1, report.contentBlocks(), 0, 0, 0), report);
    assertTrue(report.contentBlocks() >= 4, report.toString());
    assertEquals(0, volume.read().left());
  }

  @Test
  void aVolumeThatWasNeverMountedIsClean() throws Exception {
    new VolumeFixture().assertClean();
  }

  @Test
  void deltasCountAsWellAsTheTree() throws Exception {
    MountedVolume mounted = volume.mount();
    VolumeFixture.file(mounted.vfs(), dir, "another", 5000);
    mounted.vfs().unlink(Caller.ROOT, sub, VolumeFixture.bytes("deep"));
    mounted.vfs().syncAll();
    assertTrue(volume.state().unfoldedBytes() > 0);
    FsckReport report = volume.run(new FsckOptions(false, true, false, "beside"));
    assertEquals(List.of(), volume.found);
    assertEquals(6, report.inodes());
    HeadException held = assertThrows(HeadException.class, volume::check);
    assertEquals(HeadException.Reason.HELD, held.reason());
    assertTrue(String.valueOf(held.getMessage()).contains("host:1:/mnt"));
    mounted.close();
  }

  @Test
  void danglingNamesAreRemoved() throws Exception {
    volume.transact(
        tx -> {
          tx.clearExtents(deep, 0, Long.MAX_VALUE);
          tx.deleteTimes(deep);
          tx.deleteInode(deep);
        });
    List<String> told = volume.findRepairAndRecheck();
    assertTold(told, "/dir/sub/deep: names inode " + deep + ", which does not exist: removed");
    volume.mounted(
        vfs -> assertThrows(VfsException.class, () -> VolumeFixture.lookup(vfs, sub, "deep")));
  }

  @Test
  void linkCountsAreCorrected() throws Exception {
    volume.transact(tx -> tx.putInode(small, Objects.requireNonNull(tx.inode(small)).withLinks(7)));
    List<String> told = volume.findRepairAndRecheck();
    assertTold(told, "link count is 7: set to 2");
    volume.mounted(vfs -> assertEquals(2, vfs.getAttributes(small, 0).attributes().links()));
  }

  @Test
  void filesWithoutNamesGoToLostAndFound() throws Exception {
    volume.transact(tx -> tx.deleteEntry(ROOT, Name.of("large")));
    assertTold(
        volume.findRepairAndRecheck(),
        "inode " + large + ": a file without a name: moved to /lost+found/#" + large);
    volume.mounted(
        vfs -> {
          long directory = VolumeFixture.lookup(vfs, ROOT, "lost+found");
          assertEquals(large, VolumeFixture.lookup(vfs, directory, "#" + large));
          assertEquals(LARGE_BYTES, VolumeFixture.read(vfs, large, LARGE_BYTES));
        });
    // and again, into the directory that is there now
    volume.transact(tx -> tx.deleteEntry(sub, Name.of("deep")));
    volume.findRepairAndRecheck();
    volume.mounted(
        vfs -> {
          long directory = VolumeFixture.lookup(vfs, ROOT, "lost+found");
          assertEquals(deep, VolumeFixture.lookup(vfs, directory, "#" + deep));
        });
  }

  @Test
  void directoriesWithoutNamesGoToLostAndFoundWithAllInThem() throws Exception {
    volume.transact(tx -> tx.deleteEntry(ROOT, Name.of("dir")));
    volume.findRepairAndRecheck();
    volume.mounted(
        vfs -> {
          long directory = VolumeFixture.lookup(vfs, ROOT, "lost+found");
          assertEquals(dir, VolumeFixture.lookup(vfs, directory, "#" + dir));
          assertEquals(deep, VolumeFixture.lookup(vfs, sub, "deep"));
        });
  }

  @Test
  void loopsOfDirectoriesAreBroken() throws Exception {
    volume.transact(
        tx -> {
          tx.deleteEntry(ROOT, Name.of("dir"));
          tx.putEntry(sub, Name.of("dir"), dir, FileType.DIRECTORY);
          tx.putParent(dir, sub, Name.of("dir"));
        });
    assertTold(volume.findRepairAndRecheck(), "a directory below itself: moved to /lost+found/");
  }

  @Test
  void secondNamesOfDirectoriesAreRemoved() throws Exception {
    volume.transact(tx -> tx.putEntry(ROOT, Name.of("again"), sub, FileType.DIRECTORY));
    assertTold(volume.findRepairAndRecheck(), "/again: is a second name of a directory: removed");
    volume.mounted(vfs -> assertEquals(sub, VolumeFixture.lookup(vfs, dir, "sub")));
  }

  @Test
  void parentRecordsFollowNames() throws Exception {
    volume.edit(edits -> edits.putParent(sub, new ParentLink(ROOT, Name.of("elsewhere"))));
    assertTold(
        volume.findRepairAndRecheck(), "/dir/sub: its parent record says that it is elsewhere");
  }

  @Test
  void namesThatNoLookupFindsAreMovedAndTypesCorrected() throws Exception {
    volume.edit(
        edits -> {
          edits.putEntry(
              sub, new DirectoryEntry(Name.of("astray"), large, FileType.FIFO, 8_000_000L));
        });
    List<String> told = volume.findRepairAndRecheck();
    assertTold(told, "/dir/sub/astray: is where no lookup finds it: moved");
    assertTold(told, "/dir/sub/astray: is called a FIFO and is a REGULAR: corrected");
    volume.mounted(vfs -> assertEquals(large, VolumeFixture.lookup(vfs, sub, "astray")));
  }

  @Test
  void whatBelongsToNoInodeIsRemoved() throws Exception {
    volume.edit(
        edits -> {
          edits.putTimes(1000, new InodeTimes(1, 1, 1, 0, 0, 0));
          edits.putParent(1001, new ParentLink(ROOT, Name.of("x")));
          edits.putExtent(1002, 0, new Extent.Zeros(10));
          edits.putExtent(sub, 0, new Extent.Zeros(10));
        });
    volume.transact(
        tx -> {
          tx.putXattr(1003, "user.y", new byte[1]);
          tx.putOrphan(1004);
        });
    assertEquals(6, volume.findRepairAndRecheck().size());
  }

  @Test
  void countsOfDirectoriesFilesAndTheHeadAreCorrected() throws Exception {
    volume.transact(
        tx -> {
          tx.changeTimes(dir, TimesChange.modified(1).addingEntries(3, 1));
          var times = Objects.requireNonNull(tx.times(small));
          tx.deleteTimes(small);
          tx.putTimes(small, new InodeTimes(times.atimeNanos(), 1, 1, times.size(), 999_999, 0));
        });
    HeldVolume held = HeldVolume.take(volume.head, volume.volume, "damage");
    held.charge(new Usage(17, 3));
    held.close();
    List<String> told = volume.findRepairAndRecheck();
    assertEquals(3, told.size(), told.toString());
    assertTold(told, "/dir: 5 entries and 2 directories are counted, 2 and 1 are there");
    assertTold(told, "999999 bytes are counted, 1000 are there");
    assertTold(told, "the head counts");
  }

  private List<FileExtent> extents(long inode) throws Exception {
    HeadState state = volume.state();
    VolumeImage image = VolumeImage.open(volume.head, volume.volume, state, volume.blocks, 1 << 20);
    return image.read(view -> view.extents(inode, 0, Long.MAX_VALUE));
  }

  @Test
  void overlappingExtentsAreSeparated() throws Exception {
    List<FileExtent> before = extents(large);
    Extent first = before.getFirst().extent();
    assertEquals(1 << 20, first.length());
    // within the first one, so that a part of it follows the new one
    volume.edit(edits -> edits.putExtent(large, 1000, new Extent.Inline(new byte[50])));
    List<String> told = volume.findRepairAndRecheck();
    assertEquals(1, told.size(), told.toString());
    assertTold(told, "/large: two extents have bytes 1000 to 1049");
    List<FileExtent> after = extents(large);
    assertEquals(before.size() + 2, after.size());
    assertEquals(new FileExtent(1050, first.slice(1050, 1 << 20)), after.get(2));
  }

  @Test
  void dataBehindTheEndIsCutOff() throws Exception {
    volume.edit(edits -> edits.putExtent(small, 1000, new Extent.Inline(new byte[50])));
    assertTold(volume.findRepairAndRecheck(), "has data up to byte 1050 behind its end at 1000");
    assertEquals(1, extents(small).size());
  }

  private Cid blockOf(long inode) throws Exception {
    Extent.InBlock extent = (Extent.InBlock) extents(inode).getFirst().extent();
    return ((BlockRef.Stored) extent.block()).cid();
  }

  @Test
  void lostContentIsNamedAndLeft() throws Exception {
    volume.nodes.lose(blockOf(large));
    FsckReport report = volume.repair();
    assertEquals(1, report.left());
    assertFound("/large: bytes 0 to 1048575: lost");
    assertEquals(1, volume.check().left());
  }

  @Test
  void whatASnapshotHasAloneIsCheckedToo() throws Exception {
    HeadState then = volume.state();
    volume.snapshots.add(
        new Snapshot(
            1, "s", Instant.EPOCH, then.rootSequence(), then.root(), then.usage(), 99, false));
    Cid content = blockOf(large);
    volume.mounted(
        vfs -> vfs.unlink(Caller.ROOT, VolumeFixture.ROOT, VolumeFixture.bytes("large")));
    volume.assertClean();
    Cid root = Objects.requireNonNull(then.root());
    volume.nodes.lose(volume.nodes.nodesOf(root).getFirst(), root);
    assertTold(volume.findRepairAndRecheck(), "lacks a good replica of 1 blocks");
    volume.nodes.lose(content);
    volume.check();
    assertFound("snapshot 's': /large: bytes 0 to 1048575: lost");
    volume.nodes.lose(root);
    volume.check();
    assertFound("snapshot 's': the tree's block " + root + " is lost");
  }

  @Test
  void missingReplicasAreCopied() throws Exception {
    Cid cid = blockOf(large);
    NodeId lacking = volume.nodes.nodesOf(cid).getFirst();
    volume.nodes.lose(lacking, cid);
    assertTold(volume.findRepairAndRecheck(), "lacks a good replica of 1 blocks");
    assertTrue(volume.nodes.has(lacking, cid));
  }

  @Test
  void damagedReplicasAreFoundByReadingAndReplaced() throws Exception {
    Cid cid = blockOf(large);
    NodeId node = volume.nodes.nodesOf(cid).get(1);
    volume.nodes.spoil(node, cid);
    volume.assertClean(); // it is there
    assertEquals(1, volume.read().left());
    assertEquals(1, volume.run(new FsckOptions(true, false, true, "check")).repaired());
    assertEquals(0, volume.read().left());
  }

  /** On no designated node, but on another one. */
  @Test
  void aTreeBlockElsewhereIsBroughtHome() throws Exception {
    Cid root = Objects.requireNonNull(volume.state().root());
    List<NodeId> nodes = volume.nodes.nodesOf(root);
    byte[] bytes = volume.blocks.get(root);
    volume.nodes.lose(root);
    volume.nodes.give(new Block(root, bytes), nodes.get(2));
    List<String> told = volume.findRepairAndRecheck();
    assertEquals(2, told.size(), told.toString());
    assertTrue(volume.nodes.has(nodes.get(0), root));
    assertTrue(volume.nodes.has(nodes.get(1), root));
    assertEquals(root, volume.state().root());
  }

  /** What may be on a node that is down is not lost. */
  @Test
  void nothingIsConcludedFromNodesThatAreDown() throws Exception {
    Cid root = Objects.requireNonNull(volume.state().root());
    List<NodeId> nodes = volume.nodes.nodesOf(root);
    nodes.subList(0, 2).forEach(node -> volume.nodes.setDown(node, true));
    NamespaceException failure = assertThrows(NamespaceException.class, volume::repair);
    assertEquals(NamespaceException.Reason.UNAVAILABLE, failure.reason());
    nodes.forEach(node -> volume.nodes.setDown(node, false));
    assertEquals(root, volume.state().root());
    volume.assertClean();
  }

  @Test
  void aDownNodeIsToldAndIsNoDamage() throws Exception {
    Cid root = Objects.requireNonNull(volume.state().root());
    volume.nodes.setDown(volume.nodes.nodesOf(root).getFirst(), true);
    volume.assertClean();
    assertFalse(volume.silent.isEmpty());
  }

  private List<Cid> treeBlocks() throws Exception {
    List<Cid> cids = new ArrayList<>();
    HeadState state = volume.state();
    VolumeImage image = VolumeImage.open(volume.head, volume.volume, state, volume.blocks, 1 << 20);
    image.walk(new TreeBlockCollector(cids));
    return cids;
  }

  /** Every block of a tree of several levels is lost once, each from a good volume. */
  @Test
  void lostTreeBlocksCostOnlyWhatWasInThem() throws Exception {
    volume.mounted(
        vfs -> {
          for (int i = 0; i < 3000; i++) {
            VolumeFixture.file(vfs, sub, "file " + i, i % 300);
          }
        });
    List<Cid> blocks = treeBlocks();
    assertTrue(blocks.size() > 10, "several leaves: " + blocks.size());
    Cid root = blocks.getFirst();
    for (Cid cid : blocks.subList(1, blocks.size())) {
      byte[] bytes = volume.blocks.get(cid);
      volume.nodes.lose(cid);
      FsckReport report = volume.check();
      assertTrue(report.left() > 0);
      assertFound("the tree's block " + cid + " is lost, with ");
      volume.blocks.put(List.of(new Block(cid, bytes)));
      assertEquals(root, volume.state().root());
    }
    Cid second = blocks.get(2);
    volume.nodes.lose(second);
    FsckReport repaired = volume.repair();
    assertTrue(repaired.repaired() > 0);
    FsckReport again = volume.check();
    assertEquals(0, again.left(), () -> volume.found.toString());
    assertTrue(again.inodes() > 2000, again.toString());
    volume.mounted(vfs -> VolumeFixture.file(vfs, ROOT, "goes on", 10));
    volume.assertClean();
  }

  /** What a file lost with its extents fails when it is read: it never reads as zeros. */
  @Test
  void contentLostWithTheTreeFailsToBeRead() throws Exception {
    volume.mounted(
        vfs -> {
          for (int i = 0; i < 3000; i++) {
            VolumeFixture.file(vfs, sub, "file " + i, 200 + i % 300);
          }
        });
    List<Cid> blocks = treeBlocks();
    volume.nodes.lose(blocks.getLast());
    FsckReport repaired = volume.repair();
    assertTrue(repaired.left() > 0);
    assertFound("/dir/sub/file 2999: ");
    assertFound("are lost, and fail when they are read");
    volume.mounted(
        vfs -> {
          long file = VolumeFixture.lookup(vfs, sub, "file 2999");
          assertThrows(VfsException.class, () -> VolumeFixture.read(vfs, file, 100));
        });
    FsckReport again = volume.check();
    assertEquals(repaired.left(), again.left());
    assertFound("/dir/sub/file 2999: bytes 0 to 498: lost");
  }

  @Test
  void aVolumeWhoseRootIsLostBeginsAnew() throws Exception {
    volume.nodes.lose(Objects.requireNonNull(volume.state().root()));
    assertTold(volume.findRepairAndRecheck(), "the root directory is lost: made anew");
    assertEquals(new Usage(0, 1), volume.state().usage());
  }
}
