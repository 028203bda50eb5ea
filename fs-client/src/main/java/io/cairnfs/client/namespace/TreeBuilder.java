package io.cairnfs.client.namespace;

import io.cairnfs.protocol.block.Block;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.cid.Codec;
import io.cairnfs.protocol.ipld.CborReader;
import io.cairnfs.protocol.ipld.CborWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Builds a tree from its entries in the order of keys, and from whole subtrees of an older tree:
 * nodes are cut as they fill, written and forgotten, so that little is in memory at any time. Not
 * thread-safe.
 *
 * <p>Nodes hold between a half and three halves of {@link #TARGET_BYTES}, but for the last of a
 * level, and where a single value is large.
 */
final class TreeBuilder {

  /** Takes the blocks of finished nodes. */
  @FunctionalInterface
  interface Sink {
    void accept(Block block) throws NamespaceException, InterruptedException;
  }

  /**
   * A small change rewrites one such node per level, and a cold look-up fetches it; an inner one
   * has some 700 children.
   */
  static final int TARGET_BYTES = 32 << 10;

  private static final int MIN_BYTES = TARGET_BYTES / 2;

  /** An entry that waits in a node; its value is a range of shared bytes. */
  @SuppressWarnings("ArrayRecordComponent") // compared nowhere
  private record Pending(Key key, byte[] value, int offset, int length) {

    /** With an estimate of the key: what the key before does not share. */
    int size() {
      return length + TYPICAL_KEY_BYTES + key.tail().length;
    }
  }

  private static final int TYPICAL_KEY_BYTES = 8;

  private static final class Level {
    private final List<Pending> entries = new ArrayList<>();
    private int size;

    /**
     * How many of the first entries are about so many bytes: more only so that they are not too
     * few.
     */
    private int count(int bytes) {
      int count = 0;
      int sum = 0;
      while (count < entries.size()
          && (sum < MIN_BYTES || sum + entries.get(count).size() <= bytes)) {
        sum += entries.get(count++).size();
      }
      return count;
    }

    private int size(int count) {
      int sum = 0;
      for (int i = 0; i < count; i++) {
        sum += entries.get(i).size();
      }
      return sum;
    }
  }

  private final Sink sink;
  private final List<Level> levels = new ArrayList<>();

  TreeBuilder(Sink sink) {
    this.sink = sink;
    levels.add(new Level());
  }

  void add(Key key, Value value) throws NamespaceException, InterruptedException {
    CborWriter writer = new CborWriter();
    Columns.write(value, writer);
    byte[] bytes = writer.toBytes();
    add(0, new Pending(key, bytes, 0, bytes.length));
  }

  /** Adds an entry of a leaf without decoding its value. */
  void add(Node leaf, int index) throws NamespaceException, InterruptedException {
    int start = leaf.valueStart(index);
    add(0, new Pending(leaf.key(index), leaf.block(), start, leaf.valueEnd(index) - start));
  }

  /**
   * Adds a whole subtree, unless a node before it would stay too small by that.
   *
   * @param level of the subtree's root
   * @return whether it was added; if not, add what is in it
   */
  boolean addSubtree(int level, Key lowest, Cid cid)
      throws NamespaceException, InterruptedException {
    for (int below = 0; below <= level && below < levels.size(); below++) {
      Level pending = levels.get(below);
      if (!pending.entries.isEmpty() && pending.size < MIN_BYTES) {
        return false;
      }
      flush(below);
    }
    addLink(level + 1, lowest, cid);
    return true;
  }

  private void addLink(int level, Key lowest, Cid cid)
      throws NamespaceException, InterruptedException {
    byte[] link = new CborWriter().writeLink(cid).toBytes();
    add(level, new Pending(lowest, link, 0, link.length));
  }

  private void add(int level, Pending entry) throws NamespaceException, InterruptedException {
    while (levels.size() <= level) {
      levels.add(new Level());
    }
    Level pending = levels.get(level);
    pending.entries.add(entry);
    pending.size += entry.size();
    // One more target than is cut, so that what stays is never too small.
    if (pending.size >= 2 * TARGET_BYTES) {
      cut(level, pending.count(TARGET_BYTES));
    }
  }

  /** Writes all that waits on a level, as one node or as two of about equal size. */
  private void flush(int level) throws NamespaceException, InterruptedException {
    Level pending = levels.get(level);
    if (pending.size > TARGET_BYTES + MIN_BYTES) {
      int half = pending.count(pending.size / 2);
      if (pending.size - pending.size(half) >= MIN_BYTES) {
        cut(level, half);
      }
    }
    if (!pending.entries.isEmpty()) {
      cut(level, pending.entries.size());
    }
  }

  /** Writes the first entries of a level as a node. */
  private void cut(int level, int count) throws NamespaceException, InterruptedException {
    Level pending = levels.get(level);
    int size = pending.size(count);
    List<Pending> node = pending.entries.subList(0, count);
    Key lowest = node.getFirst().key();
    Block block = encode(level, node);
    node.clear();
    pending.size -= size;
    sink.accept(block);
    addLink(level + 1, lowest, block.cid());
  }

  private static Block encode(int level, List<Pending> entries) {
    CborWriter writer = new CborWriter(2 * TARGET_BYTES);
    writer.writeArrayHeader(1 + 3 * entries.size()).writeLong(level);
    byte[] previous = new byte[Key.MAX_BYTES];
    byte[] current = new byte[Key.MAX_BYTES];
    int previousLength = 0;
    for (Pending entry : entries) {
      int length = entry.key().encode(current);
      int shared = Arrays.mismatch(previous, 0, previousLength, current, 0, length);
      shared = shared < 0 ? length : shared;
      writer.writeLong(shared).writeBytes(current, shared, length - shared);
      writer.writeEncoded(entry.value(), entry.offset(), entry.length());
      byte[] swap = previous;
      previous = current;
      current = swap;
      previousLength = length;
    }
    byte[] bytes = writer.toBytes();
    return new Block(Cid.of(Codec.DAG_CBOR, bytes), bytes);
  }

  /** Writes what is left and returns the root, which is an empty leaf for an empty map. */
  Cid finish() throws NamespaceException, InterruptedException {
    for (int level = 0; ; level++) {
      Cid only = level == 0 ? null : onlyChild(level);
      if (only != null) {
        return only;
      }
      if (level == 0 && levels.size() == 1 && levels.getFirst().entries.isEmpty()) {
        Block empty = encode(0, List.of());
        sink.accept(empty);
        return empty.cid();
      }
      flush(level);
    }
  }

  /** The single link of the highest level, or null. */
  private @Nullable Cid onlyChild(int level) {
    Level pending = levels.get(level);
    if (level < levels.size() - 1 || pending.entries.size() != 1) {
      return null;
    }
    Pending entry = pending.entries.getFirst();
    return new CborReader(entry.value(), entry.offset(), entry.offset() + entry.length())
        .readLink();
  }
}
