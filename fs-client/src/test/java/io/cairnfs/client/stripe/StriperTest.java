package io.cairnfs.client.stripe;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairnfs.client.block.BlockClient;
import io.cairnfs.client.block.BlockException;
import io.cairnfs.client.block.PlacementSettings;
import io.cairnfs.client.block.Stripes;
import io.cairnfs.client.clock.BootTimeClock;
import io.cairnfs.client.content.Content;
import io.cairnfs.client.content.ContentSettings;
import io.cairnfs.client.extent.BlockRef;
import io.cairnfs.client.extent.Extent;
import io.cairnfs.client.namespace.InodeExtent;
import io.cairnfs.client.namespace.NamespaceOpener;
import io.cairnfs.client.namespace.NamespaceOptions;
import io.cairnfs.client.namespace.NamespaceView;
import io.cairnfs.client.testing.MemoryHead;
import io.cairnfs.client.testing.MemoryNodes;
import io.cairnfs.client.vfs.Caller;
import io.cairnfs.client.vfs.Created;
import io.cairnfs.client.vfs.FileSystemStatus;
import io.cairnfs.client.vfs.MountedVolume;
import io.cairnfs.client.vfs.OpenFlags;
import io.cairnfs.client.vfs.Vfs;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.erasure.Erasure;
import io.cairnfs.protocol.head.VolumeId;
import io.cairnfs.protocol.identity.NodeId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Blocks become parts of stripes under programs that read, write and copy them. */
final class StriperTest {

  private static final OpenFlags READ_WRITE =
      new OpenFlags(true, true, false, false, false, false, false, false);
  private static final Duration TIMEOUT = Duration.ofSeconds(20);
  private static final Erasure CODE = new Erasure(4, 2);
  private static final int NODES = 7;
  private static final int MIB = 1 << 20;
  private static final int PIECE = 128 << 10;

  private final MemoryHead head = new MemoryHead();
  private final VolumeId volume = head.found(1);
  private final MemoryNodes nodes = new MemoryNodes(NODES);
  private final BlockClient blocks = nodes.client(3);
  private long agedNanos = Duration.ofDays(30).toNanos();

  private MountedVolume mount() throws Exception {
    NamespaceOpener opener = new NamespaceOpener(head, blocks, new BootTimeClock());
    NamespaceOptions options = NamespaceOptions.of(volume, "test");
    FileSystemStatus status = new FileSystemStatus(4096, 1, 1, 1, 1, 1);
    return MountedVolume.open(
        onDeath -> opener.open(options, (reason, lost) -> onDeath.accept("dead")),
        new Content(blocks, ContentSettings.defaults(TIMEOUT)),
        usage -> status,
        TIMEOUT);
  }

  private Striper striper(MountedVolume mounted) {
    return new Striper(
        mounted::namespace,
        blocks,
        new Stripes(nodes, blocks, nodes, PlacementSettings.of(3)),
        StripeSettings.of(CODE, Duration.ofDays(7), 1),
        () -> System.currentTimeMillis() * 1_000_000 + agedNanos);
  }

  private static void stripeAll(MountedVolume mounted, Striper striper) throws Exception {
    while (striper.step(true).kind() != Striper.Kind.WALKED) {}
    while (striper.step(false).kind() != Striper.Kind.IDLE) {}
    mounted.vfs().syncAll();
    mounted.fold(); // from here on extents say what is committed
  }

  private static byte[] content(int seed, int bytes) {
    byte[] content = new byte[bytes];
    new Random(seed).nextBytes(content);
    return content;
  }

  private static byte[] name(String name) {
    return name.getBytes(StandardCharsets.UTF_8);
  }

  private static void write(Vfs vfs, long handle, long offset, byte[] content) throws Exception {
    for (int at = 0; at < content.length; at += PIECE) {
      ByteBuffer data = ByteBuffer.wrap(content, at, Math.min(PIECE, content.length - at));
      vfs.write(Caller.ROOT, handle, offset + at, data, Vfs.WriteMode.PROGRAM);
    }
  }

  private static void create(Vfs vfs, String name, byte[] content) throws Exception {
    Created made = vfs.create(Caller.ROOT, NamespaceView.ROOT, name(name), 0100644, 0, READ_WRITE);
    long handle = made.opened().handle();
    write(vfs, handle, 0, content);
    vfs.flush(handle, 0);
    vfs.release(handle, 0);
  }

  private static long open(Vfs vfs, String name) throws Exception {
    long inode = vfs.lookup(Caller.ROOT, NamespaceView.ROOT, name(name)).attributes().inode();
    return vfs.open(Caller.ROOT, inode, READ_WRITE).handle();
  }

  private static byte[] read(Vfs vfs, String name, int bytes) throws Exception {
    long handle = open(vfs, name);
    ByteBuffer content = ByteBuffer.allocate(bytes);
    while (content.hasRemaining()) {
      int piece = Math.min(content.remaining(), PIECE);
      int read = vfs.read(handle, content.position(), content.slice(content.position(), piece));
      if (read <= 0) {
        break;
      }
      content.position(content.position() + read);
    }
    vfs.release(handle, 0);
    return Arrays.copyOf(content.array(), content.position());
  }

  private static List<BlockRef> blocksOf(MountedVolume mounted) throws Exception {
    List<InodeExtent> all =
        mounted
            .namespace()
            .<List<InodeExtent>, RuntimeException>read(view -> view.extentsFrom(0, 0, 100_000));
    List<BlockRef> found = new ArrayList<>();
    for (InodeExtent one : all) {
      if (one.at().extent() instanceof Extent.InBlock extent) {
        found.add(extent.block());
      }
    }
    return found;
  }

  /** Takes away what would be garbage by now. */
  private void loseReplicas(MountedVolume mounted) throws Exception {
    Set<Cid> needed = new HashSet<>();
    Set<Cid> striped = new HashSet<>();
    for (BlockRef block : blocksOf(mounted)) {
      if (block instanceof BlockRef.Striped there) {
        striped.add(there.cid());
      } else {
        needed.add(block.cid());
      }
    }
    striped.removeAll(needed);
    striped.forEach(nodes::lose);
  }

  @Test
  void anyTwoNodesMayBeDown() throws Exception {
    byte[] large = content(1, 9 * MIB + 4321);
    MountedVolume mounted = mount();
    create(mounted.vfs(), "large", large);
    for (int i = 0; i < 300; i++) {
      create(mounted.vfs(), "small" + i, content(1000 + i, 15_000));
    }
    mounted.vfs().syncAll();
    stripeAll(mounted, striper(mounted));
    List<BlockRef> now = blocksOf(mounted);
    assertTrue(now.stream().filter(BlockRef.Striped.class::isInstance).count() > 200);
    loseReplicas(mounted);
    mounted.close();
    List<NodeId> all = nodes.nodesOf(tree());
    for (int i = 0; i < NODES; i++) {
      NodeId one = all.get(i);
      NodeId other = all.get((i + 1 + i % 3) % NODES);
      nodes.setDown(one, true);
      nodes.setDown(other, true);
      MountedVolume again = mount();
      assertArrayEquals(large, read(again.vfs(), "large", large.length + 1));
      for (int small = i; small < 300; small += 60) {
        assertArrayEquals(
            content(1000 + small, 15_000), read(again.vfs(), "small" + small, 15_001));
      }
      again.close();
      nodes.setDown(one, false);
      nodes.setDown(other, false);
    }
  }

  private static Cid tree() {
    return Cid.parse("bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e");
  }

  @Test
  void aDamagedShardIsMadeFromOthers() throws Exception {
    byte[] content = content(1, 4 * MIB);
    MountedVolume mounted = mount();
    create(mounted.vfs(), "file", content);
    mounted.vfs().syncAll();
    stripeAll(mounted, striper(mounted));
    loseReplicas(mounted);
    for (BlockRef block : blocksOf(mounted)) {
      BlockRef.Striped there = (BlockRef.Striped) block;
      if (there.shard().index() < 2) {
        nodes.nodesOf(tree()).forEach(node -> nodes.spoil(node, there.shard().cid()));
      }
    }
    mounted.close();
    MountedVolume again = mount();
    assertArrayEquals(content, read(again.vfs(), "file", content.length));
    again.close();
  }

  @Test
  void whatWasChangedNotLongAgoStays() throws Exception {
    agedNanos = 0;
    MountedVolume mounted = mount();
    create(mounted.vfs(), "file", content(1, 5 * MIB));
    mounted.vfs().syncAll();
    Striper striper = striper(mounted);
    stripeAll(mounted, striper);
    assertEquals(0, striper.stripedBytes());
    assertTrue(striper.sawYoung());
    agedNanos = Duration.ofDays(8).toNanos();
    stripeAll(mounted, striper);
    assertEquals(4 * MIB, striper.stripedBytes(), "the fifth block makes no stripe");
    assertFalse(striper.sawYoung());
    mounted.close();
  }

  @Test
  void copiesShareTheirStripe() throws Exception {
    byte[] content = content(1, 4 * MIB);
    MountedVolume mounted = mount();
    Vfs vfs = mounted.vfs();
    create(vfs, "one", content);
    create(vfs, "two", content);
    vfs.syncAll();
    stripeAll(mounted, striper(mounted));
    Set<BlockRef> distinct = new HashSet<>(blocksOf(mounted));
    assertEquals(4, distinct.size());
    create(vfs, "three", content);
    vfs.syncAll();
    assertEquals(8, new HashSet<>(blocksOf(mounted)).size());
    stripeAll(mounted, striper(mounted));
    // Where the walk meets the new places first it learns of the stripe only afterwards.
    assertEquals(distinct, new HashSet<>(blocksOf(mounted)));
    mounted.close();
  }

  @Test
  void whatIsLeftOfHalfDeadStripesMakesNewOnes() throws Exception {
    MountedVolume mounted = mount();
    Vfs vfs = mounted.vfs();
    for (int i = 0; i < 16; i++) {
      create(vfs, "f" + i, content(i, MIB));
    }
    vfs.syncAll();
    Striper striper = striper(mounted);
    stripeAll(mounted, striper);
    assertEquals(4, stripesOf(mounted).size());
    for (int i = 0; i < 16; i++) {
      if (i % 4 > 0) {
        vfs.unlink(Caller.ROOT, NamespaceView.ROOT, name("f" + i));
      }
    }
    vfs.syncAll();
    stripeAll(mounted, striper); // notices
    stripeAll(mounted, striper);
    assertEquals(1, stripesOf(mounted).size());
    mounted.close();
    MountedVolume again = mount();
    for (int i = 0; i < 16; i += 4) {
      assertArrayEquals(content(i, MIB), read(again.vfs(), "f" + i, MIB + 1));
    }
    again.close();
  }

  private static Set<Cid> stripesOf(MountedVolume mounted) throws Exception {
    Set<Cid> stripes = new HashSet<>();
    for (BlockRef block : blocksOf(mounted)) {
      stripes.add(((BlockRef.Striped) block).shard().stripe());
    }
    return stripes;
  }

  @Test
  void withTooFewNodesNothingHappens() throws Exception {
    MountedVolume mounted = mount();
    create(mounted.vfs(), "file", content(1, 4 * MIB));
    mounted.vfs().syncAll();
    Striper striper = striper(mounted);
    List<NodeId> all = nodes.nodesOf(tree());
    nodes.setDown(all.get(0), true);
    nodes.setDown(all.get(1), true);
    BlockException refused = assertThrows(BlockException.class, () -> stripeAll(mounted, striper));
    assertTrue(String.valueOf(refused.getMessage()).contains("needs 6 nodes"), refused.toString());
    assertTrue(blocksOf(mounted).stream().allMatch(BlockRef.Stored.class::isInstance));
    nodes.setDown(all.get(0), false);
    stripeAll(mounted, striper);
    assertTrue(blocksOf(mounted).stream().allMatch(BlockRef.Striped.class::isInstance));
    nodes.setDown(all.get(1), false);
    mounted.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4})
  void whatProgramsWriteMeanwhileStays(int seed) throws Exception {
    Random random = new Random(seed);
    Map<String, byte[]> model = new HashMap<>();
    MountedVolume mounted = mount();
    Vfs vfs = mounted.vfs();
    for (int i = 0; i < 6; i++) {
      byte[] content = content(i, 3 * MIB);
      model.put("f" + i, content);
      create(vfs, "f" + i, content);
    }
    vfs.syncAll();
    Striper striper = striper(mounted);
    for (int step = 0; step < 400; step++) {
      Striper.Step unused = striper.step(true);
      if (random.nextInt(4) == 0) {
        String name = "f" + random.nextInt(6);
        byte[] expected = model.getOrDefault(name, new byte[0]);
        byte[] written = content(step, 1 + random.nextInt(200_000));
        int at = random.nextInt(expected.length - written.length);
        long handle = open(vfs, name);
        write(vfs, handle, at, written);
        vfs.flush(handle, 0);
        vfs.release(handle, 0);
        System.arraycopy(written, 0, expected, at, written.length);
      }
    }
    assertTrue(striper.stripedBytes() > 0);
    vfs.syncAll();
    mounted.fold();
    loseReplicas(mounted);
    mounted.close();
    MountedVolume again = mount();
    for (Map.Entry<String, byte[]> file : model.entrySet()) {
      assertArrayEquals(file.getValue(), read(again.vfs(), file.getKey(), 3 * MIB), "seed " + seed);
    }
    again.close();
  }
}
