package io.cairnfs.client.fsck;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.cairnfs.client.block.BlockClient;
import io.cairnfs.client.clock.BootTimeClock;
import io.cairnfs.client.content.Content;
import io.cairnfs.client.content.ContentSettings;
import io.cairnfs.client.history.HeldVolume;
import io.cairnfs.client.namespace.ImageEdits;
import io.cairnfs.client.namespace.NamespaceOpener;
import io.cairnfs.client.namespace.NamespaceOptions;
import io.cairnfs.client.namespace.NamespaceSession;
import io.cairnfs.client.namespace.Transaction;
import io.cairnfs.client.namespace.VolumeImage;
import io.cairnfs.client.testing.MemoryHead;
import io.cairnfs.client.testing.MemoryNodes;
import io.cairnfs.client.vfs.Caller;
import io.cairnfs.client.vfs.Created;
import io.cairnfs.client.vfs.FileSystemStatus;
import io.cairnfs.client.vfs.MountedVolume;
import io.cairnfs.client.vfs.OpenFlags;
import io.cairnfs.client.vfs.Vfs;
import io.cairnfs.protocol.head.HeadState;
import io.cairnfs.protocol.head.Snapshot;
import io.cairnfs.protocol.head.VolumeId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A volume on three nodes with two replicas, to be damaged and checked. */
final class VolumeFixture {

  static final int ROOT = 1;
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final long CACHE_BYTES = 1 << 20;
  private static final OpenFlags READ_WRITE =
      new OpenFlags(true, true, false, false, false, false, false, false);

  final MemoryHead head = new MemoryHead();
  final VolumeId volume = head.found(1);
  final MemoryNodes nodes = new MemoryNodes(3);
  final BlockClient blocks = nodes.client(2);
  final List<String> found = new ArrayList<>();
  final List<String> silent = new ArrayList<>();
  final List<Snapshot> snapshots = new ArrayList<>();

  interface Use {
    void use(Vfs vfs) throws Exception;
  }

  MountedVolume mount() throws Exception {
    Content content = new Content(blocks, ContentSettings.defaults(TIMEOUT));
    NamespaceOpener opener = new NamespaceOpener(head, blocks, new BootTimeClock());
    NamespaceOptions options = NamespaceOptions.of(volume, "host:1:/mnt");
    FileSystemStatus status = new FileSystemStatus(4096, 1, 1, 1, 1, 1);
    return MountedVolume.open(
        onDeath -> opener.open(options, (reason, lost) -> onDeath.accept("dead")),
        content,
        usage -> status,
        TIMEOUT);
  }

  void mounted(Use use) throws Exception {
    MountedVolume mounted = mount();
    try {
      use.use(mounted.vfs());
    } finally {
      mounted.close();
    }
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static long directory(Vfs vfs, long parent, String name) throws Exception {
    return vfs.makeDirectory(Caller.ROOT, parent, bytes(name), 040755, 022).attributes().inode();
  }

  static long file(Vfs vfs, long parent, String name, int length) throws Exception {
    Created made = vfs.create(Caller.ROOT, parent, bytes(name), 0100644, 022, READ_WRITE);
    byte[] data = new byte[length];
    new Random(name.hashCode()).nextBytes(data);
    vfs.write(Caller.ROOT, made.opened().handle(), 0, ByteBuffer.wrap(data), Vfs.WriteMode.PROGRAM);
    vfs.flush(made.opened().handle(), 0);
    vfs.release(made.opened().handle(), 0);
    return made.entry().attributes().inode();
  }

  static int read(Vfs vfs, long inode, int length) throws Exception {
    long handle = vfs.open(Caller.ROOT, inode, READ_WRITE).handle();
    return vfs.read(handle, 0, ByteBuffer.allocate(length));
  }

  static long lookup(Vfs vfs, long parent, String name) throws Exception {
    return vfs.lookup(Caller.ROOT, parent, bytes(name)).attributes().inode();
  }

  interface Damage {
    void make(Transaction transaction);
  }

  /** Changes the map behind the file system's back. */
  void transact(Damage damage) throws Exception {
    NamespaceOpener opener = new NamespaceOpener(head, blocks, new BootTimeClock());
    NamespaceSession session =
        opener.open(NamespaceOptions.of(volume, "damage"), (reason, lost) -> {});
    session.<Boolean, RuntimeException>update(
        transaction -> {
          damage.make(transaction);
          return true;
        });
    session.close();
  }

  interface Edit {
    void make(ImageEdits edits);
  }

  /** Changes single keys, whatever they do to each other. */
  void edit(Edit edit) throws Exception {
    HeldVolume held = HeldVolume.take(head, volume, "damage");
    VolumeImage image = VolumeImage.open(head, volume, held.state(), blocks, CACHE_BYTES);
    edit.make(image.edits());
    held.replace(image.store());
    held.close();
  }

  HeadState state() {
    return head.state(volume);
  }

  private static final class Ears implements Fsck.Listener {
    private final VolumeFixture of;

    Ears(VolumeFixture of) {
      this.of = of;
    }

    @Override
    public void found(String what) {
      of.found.add(what);
    }

    @Override
    public void progress(long records) {}

    @Override
    public void silent(List<String> names) {
      of.silent.addAll(names);
    }
  }

  FsckReport check() throws Exception {
    return run(new FsckOptions(false, false, false, "check"));
  }

  FsckReport read() throws Exception {
    return run(new FsckOptions(false, false, true, "check"));
  }

  FsckReport repair() throws Exception {
    return run(new FsckOptions(true, false, false, "check"));
  }

  FsckReport run(FsckOptions options) throws Exception {
    found.clear();
    silent.clear();
    ReplicaSurvey survey = new ReplicaSurvey(nodes, nodes, 2);
    StripeSurvey stripes = new StripeSurvey(nodes, nodes, survey);
    return new Fsck(head, () -> snapshots, volume, survey, stripes, blocks, options, new Ears(this))
        .run();
  }

  void assertClean() throws Exception {
    FsckReport report = check();
    assertEquals(List.of(), found);
    assertEquals(0, report.left() + report.repaired() + report.unchecked());
  }

  /** Checks, repairs, and checks that nothing more is wrong; returns what was found. */
  List<String> findRepairAndRecheck() throws Exception {
    FsckReport checked = check();
    assertEquals(found.size(), checked.left());
    assertEquals(0, checked.repaired());
    List<String> first = List.copyOf(found);
    FsckReport repaired = repair();
    assertEquals(first.size(), found.size(), "the check changes nothing");
    assertEquals(0, repaired.left());
    List<String> told = List.copyOf(found);
    assertClean();
    return told;
  }
}
