package io.cairnfs.client.fsck;

import io.cairnfs.client.namespace.FileType;
import io.cairnfs.client.namespace.NamespaceView;
import java.util.Arrays;

/**
 * What a check remembers of each inode, in columns: about 80 bytes for each, so that a volume of a
 * million takes some 100 MB with the room to grow. Rows are in the order of inode numbers. Not
 * thread-safe.
 */
final class InodeTable {

  private static final int FIRST_ROWS = 1024;
  private static final int TYPE_SHIFT = 12;

  private int size;
  private long[] numbers = new long[FIRST_ROWS];
  private byte[] types = new byte[FIRST_ROWS];

  /** Whether it has times and sizes. */
  boolean[] hasTimes = new boolean[FIRST_ROWS];

  /** Links that it says it has. */
  int[] links = new int[FIRST_ROWS];

  /** Names that it was found to have. */
  int[] names = new int[FIRST_ROWS];

  /** Size that its times say. */
  long[] sizes = new long[FIRST_ROWS];

  /** A file's allocated bytes that its times say; a directory's subdirectories. */
  long[] counts = new long[FIRST_ROWS];

  /** A file's allocated bytes that were found; a directory's subdirectories. */
  long[] foundCounts = new long[FIRST_ROWS];

  /** A directory's entries that were found; the end of a file's last extent. */
  long[] foundSizes = new long[FIRST_ROWS];

  /** The parent that a directory says it has; 0 for none. */
  long[] parents = new long[FIRST_ROWS];

  /** The bucket of the name that a directory says it has there. */
  long[] parentBuckets = new long[FIRST_ROWS];

  /** A directory in which it was found to have a name. */
  long[] nameDirectories = new long[FIRST_ROWS];

  /** The cookie of that name. */
  long[] nameCookies = new long[FIRST_ROWS];

  int size() {
    return size;
  }

  /** Adds an inode, whose number is greater than those before; returns its row. */
  int add(long number, FileType type) {
    if (size > 0 && number <= numbers[size - 1]) {
      throw new IllegalArgumentException("inode " + number + " after " + numbers[size - 1]);
    }
    if (size == numbers.length) {
      grow(size + size / 2);
    }
    numbers[size] = number;
    types[size] = (byte) (type.bits() >> TYPE_SHIFT);
    return size++;
  }

  private void grow(int rows) {
    numbers = Arrays.copyOf(numbers, rows);
    types = Arrays.copyOf(types, rows);
    hasTimes = Arrays.copyOf(hasTimes, rows);
    links = Arrays.copyOf(links, rows);
    names = Arrays.copyOf(names, rows);
    sizes = Arrays.copyOf(sizes, rows);
    counts = Arrays.copyOf(counts, rows);
    foundCounts = Arrays.copyOf(foundCounts, rows);
    foundSizes = Arrays.copyOf(foundSizes, rows);
    parents = Arrays.copyOf(parents, rows);
    parentBuckets = Arrays.copyOf(parentBuckets, rows);
    nameDirectories = Arrays.copyOf(nameDirectories, rows);
    nameCookies = Arrays.copyOf(nameCookies, rows);
  }

  /** The row of an inode; negative if there is none. */
  int find(long number) {
    return Arrays.binarySearch(numbers, 0, size, number);
  }

  long number(int row) {
    return numbers[row];
  }

  FileType type(int row) {
    return FileType.ofMode(types[row] << TYPE_SHIFT);
  }

  boolean isDirectory(int row) {
    return row >= 0 && type(row) == FileType.DIRECTORY;
  }

  boolean isRoot(int row) {
    return numbers[row] == NamespaceView.ROOT;
  }

  /** Counts a name of an inode, in a directory. */
  void addName(int directory, int child, long cookie) {
    if (names[child]++ == 0) {
      nameDirectories[child] = numbers[directory];
      nameCookies[child] = cookie;
    }
    foundSizes[directory]++;
    foundCounts[directory] += isDirectory(child) ? 1 : 0;
  }

  /** Takes back the only name of a directory. */
  void removeName(int directory, int child) {
    names[child] = 0;
    foundSizes[directory]--;
    foundCounts[directory]--;
  }
}
