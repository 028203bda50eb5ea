package io.cairnfs.client.vfs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.cairnfs.client.block.BlockClient;
import io.cairnfs.client.clock.BootTimeClock;
import io.cairnfs.client.content.Content;
import io.cairnfs.client.content.ContentSettings;
import io.cairnfs.client.fsck.CleanVolume;
import io.cairnfs.client.namespace.NamespaceOpener;
import io.cairnfs.client.namespace.NamespaceOptions;
import io.cairnfs.client.testing.MemoryHead;
import io.cairnfs.client.testing.MemoryNodes;
import io.cairnfs.client.testing.MemoryVfs;
import io.cairnfs.protocol.head.VolumeId;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The same random operations on a volume and on a reference: every answer and, now and then, the
 * whole tree is compared, and the volume checked.
 */
class VolumeVfsModelTest {

  private static final int STEPS = 3000;
  private static final int COMPARE_EVERY = 100;
  private static final int REMOUNT_EVERY = 500;
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final int MAX_WRITE = 300_000;

  private final MemoryHead head = new MemoryHead();
  private final VolumeId volume = head.found(1);
  private final MemoryNodes nodes = new MemoryNodes(1);
  private final BlockClient blocks = nodes.client(1);

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void behavesLikeTheReference(long seed) throws Exception {
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    PathFs reference = new PathFs(new MemoryVfs());
    MountedVolume mounted = mount();
    PathFs actual = new PathFs(mounted.vfs());
    List<String> history = new ArrayList<>();
    for (int step = 1; step <= STEPS; step++) {
      Operation operation = Operation.random(random);
      history.add(operation.toString());
      String expected = PathFs.answer(() -> operation.run(reference));
      PathFs current = actual;
      String got = PathFs.answer(() -> operation.run(current));
      int number = step;
      assertEquals(
          expected, got, () -> "seed " + seed + " step " + number + ": " + history.getLast());
      if (step % COMPARE_EVERY == 0) {
        assertEquals(reference.tree(), actual.tree(), "seed " + seed + " after step " + step);
      }
      if (step % REMOUNT_EVERY == 0) {
        reference.closeAll();
        actual.closeAll();
        mounted.close();
        CleanVolume.check(head, volume, nodes);
        mounted = mount();
        actual = new PathFs(mounted.vfs());
        assertEquals(
            reference.tree(), actual.tree(), "seed " + seed + " remounted after step " + step);
      }
    }
    mounted.close();
  }

  private MountedVolume mount() throws IOException, InterruptedException {
    Content content = new Content(blocks, ContentSettings.defaults(TIMEOUT));
    NamespaceOpener opener = new NamespaceOpener(head, blocks, new BootTimeClock());
    NamespaceOptions options = NamespaceOptions.of(volume, "test");
    FileSystemStatus status = new FileSystemStatus(4096, 1, 1, 1, 1, 1);
    return MountedVolume.open(
        onDeath -> opener.open(options, (reason, lost) -> onDeath.accept("dead")),
        content,
        usage -> status,
        TIMEOUT);
  }

  /** One step, with all its choices made. */
  @SuppressWarnings("ArrayRecordComponent") // compared nowhere
  private record Operation(
      int kind, String path, String other, String handle, long offset, byte[] data) {

    static Operation random(Random random) {
      int length = random.nextInt(10) == 0 ? random.nextInt(MAX_WRITE) : random.nextInt(2000);
      byte[] data = new byte[length];
      random.nextBytes(data);
      long offset = random.nextInt(5) == 0 ? random.nextInt(3_000_000) : random.nextInt(4000);
      return new Operation(
          random.nextInt(24), path(random), path(random), "h" + random.nextInt(4), offset, data);
    }

    private static String path(Random random) {
      StringBuilder path = new StringBuilder();
      int depth = random.nextInt(3);
      for (int i = 0; i < depth; i++) {
        path.append("/d").append(random.nextInt(3));
      }
      return path.append(random.nextInt(3) == 0 ? "/d" : "/f").append(random.nextInt(3)).toString();
    }

    String run(PathFs fs) throws VfsException, InterruptedException {
      return switch (kind) {
        case 0, 1, 2 -> fs.create(path);
        case 3, 4 -> fs.makeDirectory(path);
        case 5 -> fs.symlink(path, other);
        case 6, 7 -> fs.unlink(path);
        case 8 -> fs.removeDirectory(path);
        case 9, 10 -> fs.rename(path, other, Vfs.RenameMode.REPLACE);
        case 11 -> fs.rename(path, other, Vfs.RenameMode.NO_REPLACE);
        case 12 -> fs.rename(path, other, Vfs.RenameMode.EXCHANGE);
        case 13 -> fs.link(path, other);
        case 14 -> fs.open(path, handle);
        case 15, 16 -> fs.write(handle, offset, data);
        case 17 -> fs.read(handle, offset, data.length);
        case 18 -> fs.close(handle);
        case 19 -> offset % 2 == 0 ? fs.fsync(handle) : fs.permissions(path, (int) (offset & 0777));
        case 20 -> fs.truncate(path, offset);
        case 21 -> fs.setXattr(path, "user." + handle, data, Vfs.XattrMode.CREATE);
        case 22 -> fs.setXattr(path, "user." + handle, data, Vfs.XattrMode.ANY);
        case 23 -> fs.removeXattr(path, "user." + handle);
        default -> throw new AssertionError();
      };
    }

    @Override
    public String toString() {
      return "kind "
          + kind
          + " "
          + path
          + " "
          + other
          + " "
          + handle
          + " at "
          + offset
          + ", "
          + data.length
          + " bytes";
    }
  }
}
