package io.cairnfs.client.history;

import io.cairnfs.client.clock.BootTimeClock;
import io.cairnfs.client.content.Content;
import io.cairnfs.client.content.ContentSettings;
import io.cairnfs.client.namespace.FileType;
import io.cairnfs.client.namespace.NamespaceOpener;
import io.cairnfs.client.namespace.NamespaceOptions;
import io.cairnfs.client.namespace.TreeNamespace;
import io.cairnfs.client.testing.MemoryBlocks;
import io.cairnfs.client.vfs.Attributes;
import io.cairnfs.client.vfs.Caller;
import io.cairnfs.client.vfs.Created;
import io.cairnfs.client.vfs.DirectorySink;
import io.cairnfs.client.vfs.Entry;
import io.cairnfs.client.vfs.FileSystemStatus;
import io.cairnfs.client.vfs.MountedVolume;
import io.cairnfs.client.vfs.OpenFlags;
import io.cairnfs.client.vfs.SnapshotVfs;
import io.cairnfs.client.vfs.Vfs;
import io.cairnfs.node.head.CellHeads;
import io.cairnfs.node.head.CellSnapshots;
import io.cairnfs.node.head.JournalEngine;
import io.cairnfs.node.head.MemoryJournal;
import io.cairnfs.protocol.head.Founding;
import io.cairnfs.protocol.head.FoundingSignature;
import io.cairnfs.protocol.head.Snapshot;
import io.cairnfs.protocol.head.TreeOrigin;
import io.cairnfs.protocol.head.VolumeId;
import io.cairnfs.protocol.identity.Identity;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** A volume at real heads with a journal in memory, its blocks in memory too. */
final class HistoryFixture implements AutoCloseable {

  static final Duration TIMEOUT = Duration.ofSeconds(60);
  static final long ROOT = 1;

  private static final long CACHE_BYTES = 1 << 20;
  private static final OpenFlags READ =
      new OpenFlags(true, false, false, false, false, false, false, false);
  private static final OpenFlags WRITE =
      new OpenFlags(true, true, false, false, false, false, false, false);

  final MemoryBlocks blocks = new MemoryBlocks();
  final CellHeads heads;
  final CellSnapshots snapshots;
  final VolumeId volume;
  final VolumeHistory history;

  private final Identity node = Identity.generate();

  HistoryFixture() throws Exception {
    JournalEngine engine = JournalEngine.open(new MemoryJournal());
    heads = new CellHeads(engine, node.id());
    snapshots = new CellSnapshots(engine, node.id(), InstantSource.system());
    Founding founding = founding("volume");
    heads.found(founding, TIMEOUT);
    volume = founding.volume();
    history = history(volume);
  }

  private Founding founding(String name) {
    Identity key = Identity.generate();
    return FoundingSignature.sign(
        new Founding(
            VolumeId.of(key.publicKey()), name, List.of(node.id()), 1, Instant.EPOCH, new byte[0]),
        key);
  }

  VolumeHistory history(VolumeId of) {
    return new VolumeHistory(heads, snapshots, of, blocks, "test");
  }

  /** Founds a volume on a tree. */
  VolumeId found(TreeOrigin origin) throws Exception {
    Founding founding = founding("clone");
    snapshots.foundOn(founding, origin, TIMEOUT);
    return founding.volume();
  }

  TreeNamespace.Source trees() {
    return new TreeNamespace.Source(blocks, CACHE_BYTES);
  }

  MountedVolume mount() throws Exception {
    return mount(volume);
  }

  MountedVolume mount(VolumeId of) throws Exception {
    NamespaceOpener opener = new NamespaceOpener(heads, blocks, new BootTimeClock());
    NamespaceOptions options = NamespaceOptions.of(of, "host:1:/mnt");
    return MountedVolume.open(
        onDeath -> opener.open(options, (reason, lost) -> onDeath.accept("dead")),
        new Content(blocks, ContentSettings.defaults(TIMEOUT)),
        usage -> new FileSystemStatus(4096, 1 << 20, 1 << 20, 1 << 20, 1 << 20, 1 << 20),
        TIMEOUT);
  }

  interface Use {
    void use(Vfs vfs) throws Exception;
  }

  void mounted(VolumeId of, Use use) throws Exception {
    MountedVolume mounted = mount(of);
    try (DrainWatch _ = DrainWatch.start(snapshots, of, mounted, TIMEOUT)) {
      use.use(mounted.vfs());
    } finally {
      mounted.close();
    }
  }

  void mounted(Use use) throws Exception {
    mounted(volume, use);
  }

  /** What a snapshot is, by path. */
  Map<String, String> listing(Snapshot pinned) throws Exception {
    try (Content content = new Content(blocks, ContentSettings.defaults(TIMEOUT))) {
      return listing(tree(pinned, content));
    }
  }

  /** The content of a file in a snapshot's root. */
  String contentOf(Snapshot pinned, String name) throws Exception {
    try (Content content = new Content(blocks, ContentSettings.defaults(TIMEOUT))) {
      Vfs tree = tree(pinned, content);
      return new String(read(tree, lookup(tree, ROOT, name)), StandardCharsets.UTF_8);
    }
  }

  private Vfs tree(Snapshot pinned, Content content) {
    return SnapshotVfs.of(
        trees().tree(Objects.requireNonNull(pinned.root()), pinned.usage()),
        content,
        usage -> new FileSystemStatus(4096, 1, 1, 1, 1, 1));
  }

  /** All there is, by path: attributes but for access times, targets, content. */
  static Map<String, String> listing(Vfs vfs) throws Exception {
    Map<String, String> lines = new TreeMap<>();
    list(vfs, ROOT, "", lines);
    return lines;
  }

  private static void list(Vfs vfs, long directory, String path, Map<String, String> lines)
      throws Exception {
    Attributes attributes = vfs.getAttributes(directory, 0).attributes();
    lines.put(path + "/", line(attributes) + xattrs(vfs, directory));
    for (String name : names(vfs, directory)) {
      long inode = lookup(vfs, directory, name);
      Attributes child = vfs.getAttributes(inode, 0).attributes();
      String below = path + "/" + name;
      switch (child.type()) {
        case DIRECTORY -> list(vfs, inode, below, lines);
        case REGULAR ->
            lines.put(below, line(child) + xattrs(vfs, inode) + Arrays.hashCode(read(vfs, inode)));
        case SYMLINK ->
            lines.put(
                below, line(child) + new String(vfs.readSymlink(inode), StandardCharsets.UTF_8));
        default -> lines.put(below, line(child));
      }
    }
  }

  private static String line(Attributes of) {
    return of.inode()
        + " "
        + of.type()
        + " "
        + Integer.toOctalString(of.permissions())
        + " "
        + of.links()
        + " "
        + of.uid()
        + ":"
        + of.gid()
        + " "
        + of.size()
        + " "
        + of.mtimeNanos()
        + " ";
  }

  private static String xattrs(Vfs vfs, long inode) throws Exception {
    StringBuilder text = new StringBuilder();
    for (String name : vfs.listXattrs(Caller.ROOT, inode)) {
      text.append(name).append('=');
      text.append(Arrays.toString(vfs.getXattr(Caller.ROOT, inode, name))).append(' ');
    }
    return text.toString();
  }

  static List<String> names(Vfs vfs, long directory) throws Exception {
    List<String> names = new ArrayList<>();
    long handle = vfs.openDirectory(Caller.ROOT, directory).handle();
    vfs.readDirectory(
        handle,
        0,
        false,
        new DirectorySink() {
          @Override
          public boolean name(byte[] name, long inode, FileType type, long next) {
            String text = new String(name, StandardCharsets.UTF_8);
            if (!text.equals(".") && !text.equals("..")) {
              names.add(text);
            }
            return true;
          }

          @Override
          public boolean entry(byte[] name, Entry entry, long next) {
            throw new AssertionError("only names were asked for");
          }
        });
    vfs.releaseDirectory(handle);
    return names;
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static long lookup(Vfs vfs, long parent, String name) throws Exception {
    return vfs.lookup(Caller.ROOT, parent, bytes(name)).attributes().inode();
  }

  static long directory(Vfs vfs, long parent, String name) throws Exception {
    return vfs.makeDirectory(Caller.ROOT, parent, bytes(name), 040755, 022).attributes().inode();
  }

  static long file(Vfs vfs, long parent, String name, byte[] data) throws Exception {
    Created made = vfs.create(Caller.ROOT, parent, bytes(name), 0100644, 022, WRITE);
    write(vfs, made.opened().handle(), 0, data);
    return made.entry().attributes().inode();
  }

  static void overwrite(Vfs vfs, long inode, long offset, byte[] data) throws Exception {
    write(vfs, vfs.open(Caller.ROOT, inode, WRITE).handle(), offset, data);
  }

  private static void write(Vfs vfs, long handle, long offset, byte[] data) throws Exception {
    vfs.write(Caller.ROOT, handle, offset, ByteBuffer.wrap(data), Vfs.WriteMode.PROGRAM);
    vfs.flush(handle, 0);
    vfs.release(handle, 0);
  }

  static byte[] read(Vfs vfs, long inode) throws Exception {
    long handle = vfs.open(Caller.ROOT, inode, READ).handle();
    int size = (int) vfs.getAttributes(inode, 0).attributes().size();
    ByteBuffer buffer = ByteBuffer.allocate(size);
    vfs.read(handle, 0, buffer);
    vfs.release(handle, 0);
    return Arrays.copyOf(buffer.array(), buffer.position());
  }

  @Override
  public void close() {
    heads.close();
  }
}
