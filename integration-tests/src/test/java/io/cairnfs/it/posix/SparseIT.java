package io.cairnfs.it.posix;

import static io.cairnfs.it.posix.Libc.O_CREAT;
import static io.cairnfs.it.posix.Libc.O_RDWR;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairnfs.client.fuse.linux.Errno;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Holes: truncate, fallocate(2), lseek(2), and what is allocated. */
@OnEachTarget
final class SparseIT {

  private static final int KEEP_SIZE = 1;
  private static final int PUNCH_HOLE = 2;
  private static final int ZERO_RANGE = 0x10;
  private static final int MIB = 1 << 20;
  private static final int STAT_BLOCK_BYTES = 512;

  private static final int PAGE = 4096;

  private final Descriptor file;

  SparseIT(TestedDirectory target) {
    file = Descriptor.open(target.fresh().resolve("file"), O_CREAT | O_RDWR);
  }

  @AfterEach
  void close() {
    file.close();
  }

  private static byte[] filled(int length) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) 7);
    return bytes;
  }

  private long allocated() {
    Libc.call("fsync", file.fd());
    return FileStatus.of(file).blocks() * STAT_BLOCK_BYTES;
  }

  @Test
  void holesReadAsZerosAndTakeNoRoom() {
    file.write(filled(MIB), 1L << 40);
    assertEquals((1L << 40) + MIB, FileStatus.of(file).size());
    assertArrayEquals(new byte[4096], file.read(4096, 1L << 39));
    assertTrue(allocated() >= MIB && allocated() < 2 * MIB);
  }

  @Test
  void truncationCutsAndFillsWithZeros() {
    file.write(filled(10_000), 0);
    Libc.call("ftruncate", file.fd(), 5_000L);
    Libc.call("ftruncate", file.fd(), 20_000L);
    byte[] expected = Arrays.copyOf(filled(5_000), 20_000);
    assertArrayEquals(expected, file.read(30_000, 0));
    Libc.refuse(Errno.EINVAL, "ftruncate", file.fd(), -1L);
  }

  @Test
  void seekFindsDataAndHoles() {
    file.write(filled(MIB), MIB);
    Libc.call("ftruncate", file.fd(), 3L * MIB);
    Libc.call("fsync", file.fd());
    assertEquals(MIB, file.seek(0, Descriptor.SEEK_DATA));
    assertEquals(2 * MIB, file.seek(MIB, Descriptor.SEEK_HOLE));
    assertEquals(0, file.seek(0, Descriptor.SEEK_HOLE));
    assertEquals(MIB + 5, file.seek(MIB + 5, Descriptor.SEEK_DATA));
    Libc.refuse(Errno.ENXIO, "lseek", file.fd(), 2L * MIB, Descriptor.SEEK_DATA);
    Libc.refuse(Errno.ENXIO, "lseek", file.fd(), 3L * MIB, Descriptor.SEEK_HOLE);
    Libc.refuse(Errno.EINVAL, "lseek", file.fd(), -1L, 0);
  }

  @Test
  void aBlockWithAnyDataIsData() {
    file.write("a", 2 * PAGE + 10);
    file.write("b", 4 * PAGE - 1);
    Libc.call("ftruncate", file.fd(), 6L * PAGE);
    Libc.call("fsync", file.fd());
    assertEquals(2 * PAGE, file.seek(5, Descriptor.SEEK_DATA));
    assertEquals(2 * PAGE + 20, file.seek(2 * PAGE + 20, Descriptor.SEEK_DATA));
    assertEquals(4 * PAGE, file.seek(2 * PAGE, Descriptor.SEEK_HOLE));
    assertEquals(5 * PAGE + 1, file.seek(5 * PAGE + 1, Descriptor.SEEK_HOLE));
    file.write("c", 6L * PAGE - 3);
    assertEquals(6 * PAGE, file.seek(6 * PAGE - 1, Descriptor.SEEK_HOLE));
  }

  @Test
  void punchedRangesAreHoles() {
    file.write(filled(3 * MIB), 0);
    long before = allocated();
    Libc.call("fallocate", file.fd(), PUNCH_HOLE | KEEP_SIZE, (long) MIB, (long) MIB);
    assertArrayEquals(new byte[MIB], file.read(MIB, MIB));
    assertArrayEquals(filled(MIB), file.read(MIB, 0));
    assertArrayEquals(filled(MIB), file.read(MIB, 2 * MIB));
    assertEquals(before - MIB, allocated());
    assertEquals(3 * MIB, FileStatus.of(file).size());
    Libc.refuse(Errno.EOPNOTSUPP, "fallocate", file.fd(), PUNCH_HOLE, 0L, 1L);
  }

  @Test
  void zeroedRangesReadAsZeros() {
    file.write(filled(10_000), 0);
    Libc.call("fallocate", file.fd(), ZERO_RANGE | KEEP_SIZE, 100L, 20_000L);
    assertEquals(10_000, FileStatus.of(file).size());
    assertArrayEquals(Arrays.copyOf(filled(100), 10_000), file.read(10_000, 0));
    Libc.call("fallocate", file.fd(), ZERO_RANGE, 100L, 20_000L);
    assertEquals(20_100, FileStatus.of(file).size());
  }

  @Test
  void allocationTakesRoomAndKeepsData() {
    file.write(filled(100), 0);
    Libc.call("fallocate", file.fd(), KEEP_SIZE, 0L, (long) MIB);
    assertEquals(100, FileStatus.of(file).size());
    Libc.call("fallocate", file.fd(), 0, 0L, (long) MIB);
    assertEquals(MIB, FileStatus.of(file).size());
    assertTrue(allocated() >= MIB);
    assertArrayEquals(Arrays.copyOf(filled(100), 1000), file.read(1000, 0));
    Libc.refuse(Errno.EINVAL, "fallocate", file.fd(), 0, 0L, 0L);
    Libc.refuse(Errno.EINVAL, "fallocate", file.fd(), 0, -1L, 1L);
    Libc.refuse(Errno.EOPNOTSUPP, "fallocate", file.fd(), 0x100, 0L, 1L);
  }
}
