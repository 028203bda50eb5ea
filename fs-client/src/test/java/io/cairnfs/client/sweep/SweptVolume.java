package io.cairnfs.client.sweep;

import io.cairnfs.client.block.BlockClient;
import io.cairnfs.client.block.BlockClients;
import io.cairnfs.client.block.BlockCounters;
import io.cairnfs.client.block.BlockException;
import io.cairnfs.client.block.Chunk;
import io.cairnfs.client.block.Claims;
import io.cairnfs.client.block.DhtReplicas;
import io.cairnfs.client.block.PlacementSettings;
import io.cairnfs.client.clock.BootTimeClock;
import io.cairnfs.client.content.Content;
import io.cairnfs.client.content.ContentSettings;
import io.cairnfs.client.head.RemoteHead;
import io.cairnfs.client.head.RemoteSnapshots;
import io.cairnfs.client.head.RemoteSweeps;
import io.cairnfs.client.namespace.NamespaceOpener;
import io.cairnfs.client.namespace.NamespaceOptions;
import io.cairnfs.client.namespace.NamespaceView;
import io.cairnfs.client.vfs.Caller;
import io.cairnfs.client.vfs.Created;
import io.cairnfs.client.vfs.FileSystemStatus;
import io.cairnfs.client.vfs.MountedVolume;
import io.cairnfs.client.vfs.OpenFlags;
import io.cairnfs.client.vfs.Vfs;
import io.cairnfs.node.EmbeddedNode;
import io.cairnfs.protocol.block.Block;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.head.Founding;
import io.cairnfs.protocol.head.FoundingSignature;
import io.cairnfs.protocol.head.Snapshots;
import io.cairnfs.protocol.head.VolumeId;
import io.cairnfs.protocol.transport.Peer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;

/** A volume on a real node in this process, in use by a session, and swept by hand. */
final class SweptVolume implements AutoCloseable {

  static final Duration TIMEOUT = Duration.ofSeconds(20);

  private static final OpenFlags READ_WRITE =
      new OpenFlags(true, true, false, false, false, false, false, false);
  private static final int MAX_PAGES = 1 << 10;

  final EmbeddedNode node;
  final VolumeId volume;
  final BlockClient blocks;
  final Claims claims;
  final Snapshots snapshots;
  final Sweeper sweeper;
  private MountedVolume mounted;

  /**
   * @param claimFound whether blocks are claimed that are there already; false shows what would be
   *     lost then
   */
  SweptVolume(Path directory, boolean claimFound) throws Exception {
    node = EmbeddedNode.open(directory, "test");
    KeyPair key = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    byte[] x509 = key.getPublic().getEncoded();
    volume = VolumeId.of(Arrays.copyOfRange(x509, x509.length - VolumeId.BYTES, x509.length));
    Founding founding =
        new Founding(volume, "v", List.of(node.id()), 1, Instant.EPOCH, new byte[0]);
    node.heads().found(FoundingSignature.sign(founding, key.getPrivate()), TIMEOUT);
    DhtReplicas replicas = new DhtReplicas(node.locator(), 1);
    claims = new Claims(volume);
    BlockClient claiming =
        BlockClients.embedded(
            node.transport(),
            replicas,
            PlacementSettings.of(1),
            claims,
            1 << 20,
            new BlockCounters());
    BlockClient silent =
        BlockClients.pinning(
            node.transport(), replicas, PlacementSettings.of(1), new BlockCounters());
    blocks = claimFound ? claiming : new FoundUnclaimed(claiming, silent);
    snapshots = new RemoteSnapshots(node.transport(), () -> List.of(node.self()));
    sweeper = sweeper(blocks);
    mounted = mount();
  }

  /** One that reads trees and stripes from these blocks. */
  Sweeper sweeper(BlockClient from) {
    List<Peer> nodes = List.of(node.self());
    return new Sweeper(
        new RemoteHead(node.transport(), () -> nodes),
        new RemoteSweeps(node.transport(), () -> nodes),
        snapshots,
        volume,
        from,
        node.transport(),
        () -> nodes);
  }

  /** Finds blocks without claiming them. */
  private record FoundUnclaimed(BlockClient claiming, BlockClient silent) implements BlockClient {

    @Override
    public byte[] get(Cid cid) throws BlockException, InterruptedException {
      return claiming.get(cid);
    }

    @Override
    public byte[] get(Chunk chunk) throws BlockException, InterruptedException {
      return claiming.get(chunk);
    }

    @Override
    public void put(List<Block> blocks) throws BlockException, InterruptedException {
      claiming.put(blocks);
    }

    @Override
    public Set<Cid> have(Collection<Cid> cids) throws BlockException, InterruptedException {
      return silent.have(cids);
    }

    @Override
    public long claimEpoch() {
      return claiming.claimEpoch();
    }

    @Override
    public void sweepOpened(long sweep) {
      claiming.sweepOpened(sweep);
    }
  }

  private MountedVolume mount() throws Exception {
    RemoteHead head = new RemoteHead(node.transport(), () -> List.of(node.self()));
    NamespaceOpener opener = new NamespaceOpener(head, blocks, new BootTimeClock());
    NamespaceOptions options = NamespaceOptions.of(volume, "test");
    FileSystemStatus status = new FileSystemStatus(4096, 1, 1, 1, 1, 1);
    return MountedVolume.open(
        onDeath -> opener.open(options, (reason, lost) -> onDeath.accept(reason.toString())),
        new Content(blocks, ContentSettings.defaults(TIMEOUT)),
        usage -> status,
        TIMEOUT);
  }

  MountedVolume mounted() {
    return mounted;
  }

  private Vfs vfs() {
    return mounted.vfs();
  }

  static byte[] content(int seed, int bytes) {
    byte[] content = new byte[bytes];
    new Random(seed).nextBytes(content);
    return content;
  }

  void write(String name, byte[] content) throws Exception {
    Created made =
        vfs().create(Caller.ROOT, NamespaceView.ROOT, name(name), 0100644, 022, READ_WRITE);
    long handle = made.opened().handle();
    int piece = 128 << 10;
    for (int at = 0; at < content.length; at += piece) {
      ByteBuffer data = ByteBuffer.wrap(content, at, Math.min(piece, content.length - at));
      vfs().write(Caller.ROOT, handle, at, data, Vfs.WriteMode.PROGRAM);
    }
    vfs().flush(handle, 0);
    vfs().release(handle, 0);
  }

  byte[] read(String name, int bytes) throws Exception {
    long inode = vfs().lookup(Caller.ROOT, NamespaceView.ROOT, name(name)).attributes().inode();
    long handle = vfs().open(Caller.ROOT, inode, READ_WRITE).handle();
    ByteBuffer content = ByteBuffer.allocate(bytes);
    while (content.hasRemaining()) {
      int piece = Math.min(content.remaining(), 128 << 10);
      ByteBuffer part = content.slice(content.position(), piece);
      int read = vfs().read(handle, content.position(), part);
      if (read <= 0) {
        break;
      }
      content.position(content.position() + read);
    }
    vfs().release(handle, 0);
    return Arrays.copyOf(content.array(), content.position());
  }

  void remove(String name) throws Exception {
    vfs().unlink(Caller.ROOT, NamespaceView.ROOT, name(name));
    vfs().syncAll();
  }

  private static byte[] name(String name) {
    return name.getBytes(StandardCharsets.UTF_8);
  }

  SweepReport sweep() throws Exception {
    return sweep(sweeper);
  }

  SweepReport sweep(Sweeper by) throws Exception {
    SweepReport report = by.sweep(Objects.requireNonNull(mounted.session()));
    awaitReleased(report.epoch());
    return report;
  }

  /** Until the node's worker has let go of what the sweep has left. */
  private void awaitReleased(long epoch) throws Exception {
    long end = System.nanoTime() + TIMEOUT.toNanos();
    while (!node.store().claimed(volume, epoch - 1, null, 1).claimed().isEmpty()) {
      if (System.nanoTime() - end > 0) {
        throw new AssertionError("old claims of sweep " + epoch + " are still there");
      }
      Thread.sleep(20);
    }
  }

  /**
   * Deletes what nothing holds, as if its grace were over: by then, whatever was stored before is
   * committed.
   */
  int collect() throws Exception {
    vfs().syncAll();
    int all = 0;
    for (int page = 0; page < MAX_PAGES; page++) {
      int some = node.store().collect(Duration.ZERO, 1000);
      all += some;
      if (some == 0) {
        return all;
      }
    }
    throw new AssertionError("garbage without end");
  }

  /** Ends the session and begins another, which has nothing in memory. */
  void remount() throws Exception {
    mounted.close();
    mounted = mount();
  }

  @Override
  public void close() throws IOException {
    try (node) {
      mounted.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
