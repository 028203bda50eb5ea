package io.cairnfs.client.namespace;

import io.cairnfs.client.extent.PendingBlock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Transactions that wait to be committed, and the order in which they may be. Names are committed
 * strictly in the order in which they were applied. Content of an inode whose blocks are not
 * durable yet may be left behind by what does not depend on it, so that a fsync of one file does
 * not wait for the upload of another. Not thread-safe.
 */
final class CommitQueue {

  private final LinkedHashMap<Long, Entry> entries = new LinkedHashMap<>();
  private final Set<Long> pushed = new HashSet<>();
  private long maxBytes;

  void add(Entry entry) {
    entries.put(entry.number(), entry);
    maxBytes += entry.maxBytes();
  }

  void remove(List<Entry> committed) {
    for (Entry entry : committed) {
      if (entries.remove(entry.number()) != null) {
        maxBytes -= entry.maxBytes();
        pushed.remove(entry.number());
      }
    }
  }

  int size() {
    return entries.size();
  }

  /** An upper bound of the encoded length of all entries. */
  long maxBytes() {
    return maxBytes;
  }

  /** The entry that waits for longest of those with a higher number, or null. */
  @Nullable Entry oldestAfter(long number) {
    for (Entry entry : entries.values()) {
      if (entry.number() > number) {
        return entry;
      }
    }
    return null;
  }

  /**
   * What may be committed next, in order.
   *
   * @param through no entry with a higher number
   * @param limit at most so many entries
   * @param awaitBlocks whether entries wait for their blocks; never false but to show that tests
   *     notice
   */
  List<Entry> next(long through, int limit, boolean awaitBlocks) {
    List<Entry> batch = new ArrayList<>();
    Set<Long> leftBehind = new HashSet<>();
    for (Entry entry : entries.values()) {
      if (entry.number() > through || batch.size() == limit) {
        break;
      }
      boolean ready = awaitBlocks ? entry.isDurable() : entry.isNamed();
      Long inode = entry.contentOf();
      if (inode != null) {
        if (ready && !leftBehind.contains(inode)) {
          batch.add(entry);
        } else {
          leftBehind.add(inode);
        }
      } else if (ready && entry.follows().stream().noneMatch(leftBehind::contains)) {
        batch.add(entry);
      } else {
        break; // names never overtake names, nor does content its file's creation
      }
    }
    return batch;
  }

  /**
   * Whether everything up to a number is committed.
   *
   * @param inode if not null, content of other inodes does not count
   */
  boolean isCommitted(long through, @Nullable Long inode) {
    for (Entry entry : entries.values()) {
      if (entry.number() > through) {
        break;
      }
      Long contentOf = entry.contentOf();
      if (inode == null || contentOf == null || contentOf.equals(inode)) {
        return false;
      }
    }
    return true;
  }

  /**
   * The blocks, each given out once, that must be durable before everything up to a number can be
   * committed.
   *
   * @param inode if not null, content of other inodes counts only where names follow it
   */
  List<PendingBlock> takeBlocks(long through, @Nullable Long inode) {
    Map<Long, Long> neededBefore =
        new HashMap<>(); // content of an inode, of entries before this number
    if (inode != null) {
      for (Entry entry : entries.values()) {
        if (entry.number() <= through) {
          entry.follows().forEach(followed -> neededBefore.put(followed, entry.number()));
        }
      }
      neededBefore.put(inode, Long.MAX_VALUE);
    }
    List<PendingBlock> blocks = new ArrayList<>();
    for (Entry entry : entries.values()) {
      if (entry.number() > through) {
        break;
      }
      Long contentOf = entry.contentOf();
      boolean counts =
          inode == null
              || contentOf == null
              || entry.number() < neededBefore.getOrDefault(contentOf, 0L);
      if (counts && !entry.blocks().isEmpty() && pushed.add(entry.number())) {
        blocks.addAll(entry.blocks());
      }
    }
    return blocks;
  }

  /** Why an entry can never be committed, or null. */
  @Nullable Throwable failure() {
    for (Entry entry : entries.values()) {
      Throwable failure = entry.failure();
      if (failure != null) {
        return failure;
      }
    }
    return null;
  }

  void clear() {
    entries.clear();
    pushed.clear();
    maxBytes = 0;
  }
}
