package io.cairnfs.client.block;

import io.cairnfs.protocol.block.Block;
import io.cairnfs.protocol.cid.Cid;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Blocks in memory, bounded by their bytes: a segmented LRU, so that reading one large file once
 * does not drive out what is used again and again. Thread-safe.
 *
 * <p>Source: Karedla, Love and Wherry, "Caching strategies to improve disk system performance"
 * (1994). A block enters on probation. One that is used again becomes protected, but only after
 * others came in: the kernel reads one block in several pieces, which count as one use.
 */
final class BlockCache {

  /** Share of the cache that protected blocks may take. */
  private static final double PROTECTED_SHARE = 0.8;

  /** Uses of a block until this share of the cache has come in after it count as one. */
  private static final double ONE_USE_SHARE = 1.0 / 16;

  /** Bytes that a block costs beyond its content: entry, key and array headers. */
  private static final int OVERHEAD_BYTES = 200;

  private final long maxBytes;
  private final long maxProtectedBytes;
  private final long oneUseBytes;

  /** Both in the order of last use, the longest unused first. */
  private final LinkedHashMap<Cid, Entry> probation = new LinkedHashMap<>(64, 0.75f, true);

  private final LinkedHashMap<Cid, Entry> protectedBlocks = new LinkedHashMap<>(64, 0.75f, true);
  private long bytes;
  private long protectedBytes;
  private long enteredBytes;

  /** A block, and how many bytes had come in when it did. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Entry(byte[] content, long entered) {
    long weight() {
      return (long) content.length + OVERHEAD_BYTES;
    }
  }

  BlockCache(long maxBytes) {
    this.maxBytes = maxBytes;
    this.maxProtectedBytes = (long) (maxBytes * PROTECTED_SHARE);
    this.oneUseBytes = (long) (maxBytes * ONE_USE_SHARE);
  }

  synchronized byte @Nullable [] get(Cid cid) {
    Entry entry = protectedBlocks.get(cid);
    if (entry != null) {
      return entry.content();
    }
    entry = probation.get(cid);
    if (entry == null) {
      return null;
    }
    if (enteredBytes - entry.entered() > oneUseBytes) {
      probation.remove(cid);
      protect(cid, entry);
    }
    return entry.content();
  }

  /** Moves a block up; the longest unused of the protected ones make room for it. */
  private void protect(Cid cid, Entry entry) {
    protectedBlocks.put(cid, entry);
    protectedBytes += entry.weight();
    Iterator<Map.Entry<Cid, Entry>> oldest = protectedBlocks.entrySet().iterator();
    while (protectedBytes > maxProtectedBytes && oldest.hasNext()) {
      Map.Entry<Cid, Entry> demoted = oldest.next();
      oldest.remove();
      protectedBytes -= demoted.getValue().weight();
      probation.put(demoted.getKey(), demoted.getValue());
    }
  }

  synchronized void put(Block block) {
    if (probation.containsKey(block.cid()) || protectedBlocks.containsKey(block.cid())) {
      return;
    }
    Entry entry = new Entry(block.bytes(), enteredBytes);
    probation.put(block.cid(), entry);
    bytes += entry.weight();
    enteredBytes += entry.weight();
    evict();
  }

  /** Probation alone can make enough room: protected blocks never fill the cache. */
  private void evict() {
    Iterator<Entry> oldest = probation.values().iterator();
    while (bytes > maxBytes && oldest.hasNext()) {
      bytes -= oldest.next().weight();
      oldest.remove();
    }
  }

  /** What it holds, with overheads. */
  synchronized long bytes() {
    return bytes;
  }
}
