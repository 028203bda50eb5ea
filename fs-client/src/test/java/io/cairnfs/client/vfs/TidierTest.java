package io.cairnfs.client.vfs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.cairnfs.client.clock.BootTimeClock;
import io.cairnfs.client.content.Content;
import io.cairnfs.client.content.ContentSettings;
import io.cairnfs.client.extent.Extent;
import io.cairnfs.client.namespace.InodeExtent;
import io.cairnfs.client.namespace.Namespace;
import io.cairnfs.client.namespace.NamespaceOpener;
import io.cairnfs.client.namespace.NamespaceOptions;
import io.cairnfs.client.testing.MemoryBlocks;
import io.cairnfs.client.testing.MemoryHead;
import io.cairnfs.client.tidy.Tidier;
import io.cairnfs.client.tidy.TidySettings;
import io.cairnfs.protocol.head.Commit;
import io.cairnfs.protocol.head.Head;
import io.cairnfs.protocol.head.VolumeId;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The tidier between the operations of programs: bytes and times stay, extents and blocks go. */
class TidierTest {

  private static final OpenFlags READ_WRITE =
      new OpenFlags(true, true, false, false, false, false, false, false);
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final int ROOT = 1;
  private static final int PAGE = 4096;
  private static final int STEPS = 600;
  private static final int UNSAFE_SEEDS = 10;
  private static final long SWEEP = 7;

  private final MemoryHead head = new MemoryHead();
  private final VolumeId volume = head.found(1);
  private final MemoryBlocks blocks = new MemoryBlocks();

  /** A head beside which is written down on which claims commits rest. */
  private Head recording(List<Long> epochs) {
    return (Head)
        Proxy.newProxyInstance(
            Head.class.getClassLoader(),
            new Class<?>[] {Head.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("commit")) {
                ((List<?>) arguments[4])
                    .forEach(commit -> epochs.add(((Commit) commit).claimEpoch()));
              }
              try {
                return method.invoke(head, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private MountedVolume mount(boolean compares) throws Exception {
    return mount(compares, head);
  }

  private MountedVolume mount(boolean compares, Head through) throws Exception {
    FileSystemStatus status = new FileSystemStatus(4096, 1, 1, 1, 1, 1);
    return MountedVolume.open(
        onDeath -> opener(through).open(options(), (reason, lost) -> onDeath.accept("dead")),
        new Content(blocks, ContentSettings.defaults(TIMEOUT)),
        usage -> status,
        new TidySettings(0, Duration.ZERO, Duration.ZERO, compares),
        AccessTimePolicy.NONE,
        TIMEOUT);
  }

  private NamespaceOpener opener(Head through) {
    return new NamespaceOpener(through, blocks, new BootTimeClock());
  }

  private NamespaceOptions options() {
    return NamespaceOptions.of(volume, "test");
  }

  private static Created create(Vfs vfs, String name) throws Exception {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    return vfs.create(Caller.ROOT, ROOT, bytes, 0644, 0, READ_WRITE);
  }

  private static byte[] random(Random random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  private static void write(Vfs vfs, long handle, long offset, byte[] data) throws Exception {
    vfs.write(Caller.ROOT, handle, offset, ByteBuffer.wrap(data), Vfs.WriteMode.PROGRAM);
  }

  private static byte[] read(Vfs vfs, long handle, int length) throws Exception {
    ByteBuffer target = ByteBuffer.allocate(length);
    int read = vfs.read(handle, 0, target);
    return Arrays.copyOf(target.array(), read);
  }

  private static void tidyAll(MountedVolume mounted) throws Exception {
    while (mounted.tidier().step(true).kind() != Tidier.Kind.WALKED) {}
    while (mounted.tidier().step(false).kind() != Tidier.Kind.IDLE) {}
  }

  private List<InodeExtent> extents() throws Exception {
    Namespace namespace = opener(head).open(options(), (reason, lost) -> {});
    List<InodeExtent> extents = new ArrayList<>();
    List<InodeExtent> page;
    long inode = 0;
    long offset = 0;
    do {
      long fromInode = inode;
      long fromOffset = offset;
      page = namespace.read(view -> view.extentsFrom(fromInode, fromOffset, 1000));
      extents.addAll(page);
      if (!page.isEmpty()) {
        inode = page.getLast().inode();
        offset = page.getLast().at().offset() + 1;
      }
    } while (!page.isEmpty());
    namespace.close();
    return extents;
  }

  private static long blocksOf(List<InodeExtent> extents) {
    return extents.stream()
        .map(extent -> extent.at().extent())
        .filter(Extent.InBlock.class::isInstance)
        .map(extent -> ((Extent.InBlock) extent).block())
        .collect(Collectors.toSet())
        .size();
  }

  /** A file beside its model, both changed at random. */
  private static final class Pair {
    private static final int MAX_BYTES = 2_500_000;
    private static final int DENSE_BYTES = 100_000;

    final Vfs vfs;
    final long inode;
    final long handle;
    byte[] expected = {};

    Pair(Vfs vfs, String name) throws Exception {
      this.vfs = vfs;
      Created created = create(vfs, name);
      inode = created.entry().attributes().inode();
      handle = created.opened().handle();
      expected = random(new Random(inode), DENSE_BYTES);
      write(vfs, handle, 0, expected);
    }

    void change(Random random) throws Exception {
      int offset = random.nextInt(random.nextInt(9) == 0 ? MAX_BYTES : DENSE_BYTES);
      switch (random.nextInt(40)) {
        case 0 -> {
          expected = Arrays.copyOf(expected, offset);
          vfs.setAttributes(Caller.ROOT, inode, size(offset), handle);
        }
        case 1 -> {
          int end = Math.min(expected.length, offset + 30_000);
          if (offset < end) {
            Arrays.fill(expected, offset, end, (byte) 0);
          }
          vfs.allocate(handle, Vfs.AllocateMode.PUNCH_HOLE, offset, 30_000);
        }
        default -> {
          byte[] data = random(random, 1 + random.nextInt(random.nextInt(9) == 0 ? 40_000 : 3000));
          expected = Arrays.copyOf(expected, Math.max(expected.length, offset + data.length));
          System.arraycopy(data, 0, expected, offset, data.length);
          write(vfs, handle, offset, data);
          switch (random.nextInt(8)) {
            case 0 -> vfs.fsync(handle, false);
            case 1, 2, 3 -> vfs.flush(handle, 0);
            default -> {}
          }
        }
      }
    }

    private static AttributeChange size(long size) {
      return new AttributeChange(null, null, null, size, null, null, null, false);
    }

    boolean isSame() throws Exception {
      return Arrays.equals(expected, read(vfs, handle, expected.length + 1));
    }

    Attributes attributes() throws Exception {
      return vfs.getAttributes(inode, handle).attributes();
    }
  }

  /** Returns the step after which a file was wrong, or 0. */
  private int firstWrongStep(long seed, boolean compares) throws Exception {
    Random random = new Random(seed);
    MountedVolume mounted = mount(compares);
    Vfs vfs = mounted.vfs();
    List<Pair> files = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      files.add(new Pair(vfs, "seed" + seed + "-" + i));
    }
    for (int step = 1; step <= STEPS; step++) {
      Pair file = files.get(random.nextInt(files.size()));
      file.change(random);
      Attributes before = file.attributes();
      for (int tidied = random.nextInt(4); tidied > 0; tidied--) {
        mounted.tidier().step(true);
      }
      assertEquals(before, file.attributes(), "seed " + seed + " step " + step);
      if (step % 10 == 0) {
        for (Pair one : files) {
          if (!one.isSame()) {
            return step;
          }
        }
      }
    }
    assertNotEquals(0, mounted.tidier().defragmentedBytes(), "nothing was put to the test");
    assertNotEquals(0, mounted.tidier().lostRaces(), "nothing was put to the test");
    mounted.close();
    return 0;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void whatProgramsWriteMeanwhileStays(long seed) throws Exception {
    assertEquals(0, firstWrongStep(seed, true), "seed " + seed + " is wrong after this step");
  }

  /** The twin: without the safeguard, the same test must notice. */
  @Test
  void rewritesThatDoNotCompareAreNoticed() throws Exception {
    for (long seed = 1; seed <= UNSAFE_SEEDS; seed++) {
      if (firstWrongStep(seed, false) > 0) {
        return;
      }
    }
    fail("rewrites overwrote what programs wrote, and nobody noticed");
  }

  @Test
  void aFileWrittenAtRandomEndsInFewExtents() throws Exception {
    Random random = new Random(1);
    byte[] expected = random(random, 16 << 20);
    MountedVolume mounted = mount(true);
    Vfs vfs = mounted.vfs();
    long handle = create(vfs, "file").opened().handle();
    write(vfs, handle, 0, expected);
    for (int i = 0; i < 10_000; i++) {
      byte[] page = random(random, PAGE);
      int offset = random.nextInt(expected.length / PAGE) * PAGE;
      System.arraycopy(page, 0, expected, offset, PAGE);
      write(vfs, handle, offset, page);
      if (i % 100 == 0) {
        vfs.flush(handle, 0);
      }
    }
    vfs.fsync(handle, false);
    tidyAll(mounted);
    assertArrayEquals(expected, read(vfs, handle, expected.length));
    mounted.close();
    List<InodeExtent> extents = extents();
    assertTrue(extents.size() <= 32, extents.size() + " extents");
  }

  /** A sweep may have begun since the blocks were put, and must know of them by the commit. */
  @Test
  void commitsRestOnTheClaimsOfNewBlocks() throws Exception {
    List<Long> epochs = new CopyOnWriteArrayList<>();
    blocks.claimWith(SWEEP);
    MountedVolume mounted = mount(true, recording(epochs));
    Vfs vfs = mounted.vfs();
    long handle = create(vfs, "file").opened().handle();
    Random random = new Random(1);
    write(vfs, handle, 0, random(random, 1 << 20));
    for (int page = 0; page < 64; page++) {
      write(vfs, handle, 4L * page * PAGE, random(random, PAGE));
      vfs.fsync(handle, false);
    }
    epochs.clear();
    tidyAll(mounted);
    vfs.fsync(handle, false);
    assertNotEquals(0, mounted.tidier().defragmentedBytes(), "nothing was put to the test");
    assertTrue(epochs.contains(SWEEP), epochs.toString());
    mounted.close();
  }

  @Test
  void whatIsLeftMovesOutOfDeadPacks() throws Exception {
    Random random = new Random(2);
    MountedVolume mounted = mount(true);
    Vfs vfs = mounted.vfs();
    List<byte[]> contents = new ArrayList<>();
    for (int i = 0; i < 4000; i++) {
      contents.add(random(random, PAGE));
      long handle = create(vfs, "file" + i).opened().handle();
      write(vfs, handle, 0, contents.getLast());
      vfs.release(handle, 0);
    }
    for (int i = 0; i < contents.size(); i++) {
      if (i % 10 != 3) {
        vfs.unlink(Caller.ROOT, ROOT, ("file" + i).getBytes(StandardCharsets.UTF_8));
      }
    }
    vfs.syncAll();
    tidyAll(mounted);
    long gathered = mounted.tidier().gatheredBytes();
    tidyAll(mounted);
    assertEquals(gathered, mounted.tidier().gatheredBytes(), "the second walk has nothing to do");
    for (int i = 3; i < contents.size(); i += 10) {
      byte[] name = ("file" + i).getBytes(StandardCharsets.UTF_8);
      long inode = vfs.lookup(Caller.ROOT, ROOT, name).attributes().inode();
      long handle = vfs.open(Caller.ROOT, inode, READ_WRITE).handle();
      assertArrayEquals(contents.get(i), read(vfs, handle, PAGE + 1));
      vfs.release(handle, 0);
    }
    mounted.close();
    assertEquals(400L * PAGE, gathered);
    assertEquals(2, blocksOf(extents()));
  }
}
