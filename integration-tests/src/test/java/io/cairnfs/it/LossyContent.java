package io.cairnfs.it;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a file on a {@link LossyDisk}: as they read now, and as they were at the last sync.
 * Both share the pages that did not change in between. Guarded by the disk.
 */
final class LossyContent {

  private static final int PAGE = 16 << 10;
  private static final byte[] HOLE = new byte[PAGE];

  private List<byte[]> pages = new ArrayList<>();
  private List<byte[]> durablePages = List.of();
  private long size;
  private long durableSize;

  long size() {
    return size;
  }

  int read(long offset, ByteBuffer target) {
    int total = (int) Math.max(0, Math.min(target.remaining(), size - offset));
    for (int done = 0; done < total; ) {
      int within = (int) ((offset + done) % PAGE);
      int length = Math.min(PAGE - within, total - done);
      target.put(pages.get((int) ((offset + done) / PAGE)), within, length);
      done += length;
    }
    return total;
  }

  void write(long offset, ByteBuffer data) {
    long position = offset;
    extend(Math.max(size, offset + data.remaining()));
    while (data.hasRemaining()) {
      int within = (int) (position % PAGE);
      int length = Math.min(PAGE - within, data.remaining());
      data.get(ownPage((int) (position / PAGE)), within, length);
      position += length;
    }
  }

  void truncate(long newSize) {
    if (newSize >= size) {
      extend(newSize);
      return;
    }
    int within = (int) (newSize % PAGE);
    if (within > 0) {
      Arrays.fill(ownPage((int) (newSize / PAGE)), within, PAGE, (byte) 0);
    }
    pages = new ArrayList<>(pages.subList(0, pagesOf(newSize)));
    size = newSize;
  }

  private void extend(long newSize) {
    while (pages.size() < pagesOf(newSize)) {
      pages.add(HOLE);
    }
    size = newSize;
  }

  private static int pagesOf(long bytes) {
    return (int) ((bytes + PAGE - 1) / PAGE);
  }

  /** A page that may be changed without changing the durable bytes. */
  private byte[] ownPage(int index) {
    byte[] page = pages.get(index);
    boolean shared =
        page == HOLE || (index < durablePages.size() && durablePages.get(index) == page);
    if (shared) {
      page = page.clone();
      pages.set(index, page);
    }
    return page;
  }

  /** Makes the bytes and their number durable. */
  void sync() {
    durablePages = List.copyOf(pages);
    durableSize = size;
  }

  /**
   * Forgets what is not durable.
   *
   * @param torn lets a part of what was appended since survive by chance, as when the kernel had
   *     begun to write it back; null for nothing
   */
  void crash(@Nullable Random torn) {
    long kept = durableSize;
    if (torn != null && size > durableSize && torn.nextBoolean()) {
      kept += torn.nextLong(size - durableSize + 1);
    }
    List<byte[]> survivors = new ArrayList<>(durablePages);
    if (kept > durableSize) {
      int firstTorn = (int) (durableSize / PAGE);
      survivors = new ArrayList<>(survivors.subList(0, Math.min(firstTorn, survivors.size())));
      survivors.addAll(pages.subList(firstTorn, pages.size()));
      size = pages.size() * (long) PAGE;
    } else {
      size = durablePages.size() * (long) PAGE;
    }
    pages = survivors;
    truncate(kept);
    sync();
  }
}
