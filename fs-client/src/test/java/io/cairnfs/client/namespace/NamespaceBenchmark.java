package io.cairnfs.client.namespace;

import io.cairnfs.client.clock.BootTimeClock;
import io.cairnfs.client.extent.BlockRef;
import io.cairnfs.client.extent.Extent;
import io.cairnfs.client.testing.MemoryBlocks;
import io.cairnfs.client.testing.MemoryHead;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.cid.Codec;
import io.cairnfs.protocol.head.VolumeId;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Figures of the namespace in memory, printed; to be run by hand. Times are the calling thread's
 * CPU time, so that they mean something on a busy machine; what the committer does beside it is not
 * in them.
 */
final class NamespaceBenchmark {

  private static final int FILES = 100_000;
  private static final int PER_DIRECTORY = 1000;
  private static final int READS = 2_000_000;

  private final MemoryHead head = new MemoryHead();
  private final MemoryBlocks blocks = new MemoryBlocks();
  private final VolumeId volume = head.found(1);

  public static void main(String[] arguments) throws Exception {
    for (int round = 0; round < 3; round++) {
      new NamespaceBenchmark().run();
    }
  }

  @SuppressWarnings("SystemOut") // what it is for
  private static void print(String what, double value) {
    System.out.printf("%-40s %,14.1f%n", what, value);
  }

  private NamespaceSession open() throws Exception {
    return new NamespaceOpener(head, blocks, new BootTimeClock())
        .open(NamespaceOptions.of(volume, "benchmark"), (reason, lost) -> {});
  }

  private void run() throws Exception {
    NamespaceSession session = open();
    List<Long> directories = new ArrayList<>();
    long start = cpuNanos();
    for (int i = 0; i < FILES; i++) {
      if (i % PER_DIRECTORY == 0) {
        directories.add(create(session, NamespaceView.ROOT, "d" + i, FileType.DIRECTORY, i));
      }
      create(session, directories.getLast(), "file" + i, FileType.REGULAR, i);
    }
    print("creates with content /s", FILES / seconds(start));
    session.syncAll();
    print("delta bytes per create", (double) head.state(volume).unfoldedBytes() / FILES);
    lookups(session, directories, "look-ups in layers /s");
    start = cpuNanos();
    session.fold();
    print("fold, s", seconds(start));
    print("tree bytes per file", (double) blocks.sizeBytes() / FILES);
    lookups(session, directories, "look-ups in the tree /s");
    attributes(session);
    touches(session);
    session.close();
    start = cpuNanos();
    NamespaceSession cold = open();
    print("open, s", seconds(start));
    start = cpuNanos();
    list(cold, directories);
    print("cold listing with attributes, entries/s", FILES / seconds(start));
    cold.close();
  }

  private static long cpuNanos() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  private static double seconds(long start) {
    return (cpuNanos() - start) / (double) Duration.ofSeconds(1).toNanos();
  }

  private static long create(
      Namespace namespace, long directory, String text, FileType type, int number)
      throws Exception {
    Name name = Name.of(text);
    byte[] digest = new byte[32];
    digest[0] = (byte) number;
    digest[1] = (byte) (number >> 8);
    digest[2] = (byte) (number >> 16);
    new Random(number).nextBytes(digest);
    BlockRef block = new BlockRef.Stored(Cid.ofSha256(Codec.RAW, digest));
    long inode =
        namespace.<Long, Exception>update(
            tx -> {
              tx.inode(directory);
              if (tx.lookup(directory, name) != null) {
                throw new IllegalStateException("exists");
              }
              long fresh = tx.newInode();
              long nanos = 1_700_000_000_000_000_000L + number * 1_000_123L;
              tx.putInode(fresh, new Inode(type, 0644, 1000, 1000, 1, 0, nanos, Inode.NO_TARGET));
              tx.putTimes(fresh, new InodeTimes(nanos, nanos, nanos, 0, 0, 0));
              tx.putEntry(directory, name, fresh, type);
              tx.changeTimes(directory, TimesChange.modified(nanos).addingEntries(1, 0));
              return fresh;
            });
    if (type == FileType.REGULAR) {
      namespace.<Boolean, Exception>update(
          tx -> {
            tx.putExtent(inode, 0, new Extent.InBlock(block, 4096 * (number % 256), 4096));
            tx.changeTimes(
                inode,
                TimesChange.modified(1_700_000_000_000_000_000L + number * 1_000_200L)
                    .raisingSize(4096));
            tx.contentOf(inode);
            return true;
          });
    }
    return inode;
  }

  private static void lookups(Namespace namespace, List<Long> directories, String what)
      throws Exception {
    Random random = new Random(1);
    Name[] names = new Name[FILES];
    for (int i = 0; i < FILES; i++) {
      names[i] = Name.of("file" + i);
    }
    long start = cpuNanos();
    for (int i = 0; i < READS / 2; i++) {
      int file = random.nextInt(FILES);
      long directory = directories.get(file / PER_DIRECTORY);
      Name name = names[file];
      if (namespace.<@Nullable DirectoryEntry, Exception>read(view -> view.lookup(directory, name))
          == null) {
        throw new IllegalStateException("no " + name);
      }
    }
    print(what, READS / 2 / seconds(start));
  }

  private static void attributes(Namespace namespace) throws Exception {
    Random random = new Random(1);
    long start = cpuNanos();
    long sum = 0;
    for (int i = 0; i < READS; i++) {
      long inode = 2L + random.nextInt(FILES);
      sum +=
          namespace.<Integer, Exception>read(
              view -> Objects.requireNonNull(view.inode(inode)).uid());
    }
    print("attributes in the tree /s (" + sum % 2 + ")", READS / seconds(start));
  }

  private static void touches(Namespace namespace) throws Exception {
    Random random = new Random(1);
    long start = cpuNanos();
    for (int i = 0; i < FILES; i++) {
      long inode = 2L + random.nextInt(FILES);
      long nanos = 1_700_000_000_000_000_000L + i;
      namespace.<Boolean, Exception>update(
          tx -> {
            tx.changeTimes(inode, TimesChange.modified(nanos));
            return true;
          });
    }
    print("simple updates /s", FILES / seconds(start));
  }

  private static void list(Namespace namespace, List<Long> directories) throws Exception {
    for (long directory : directories) {
      int[] entries = {0};
      namespace.<Boolean, Exception>read(
          view -> {
            entries[0] = 0;
            for (DirectoryEntry entry : view.list(directory, 0, Integer.MAX_VALUE)) {
              if (view.inode(entry.inode()) != null && view.times(entry.inode()) != null) {
                entries[0]++;
              }
            }
            return true;
          });
      if (entries[0] != PER_DIRECTORY) {
        throw new IllegalStateException("listed " + entries[0]);
      }
    }
  }
}
