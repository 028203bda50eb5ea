package io.cairnfs.client.namespace;

import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.ipld.CborException;
import io.cairnfs.protocol.ipld.CborReader;
import io.cairnfs.protocol.ipld.CborWriter;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A node of the tree, decoded as far as searching needs it: keys in columns, a leaf's values as
 * places in the block's own bytes. Immutable.
 *
 * <p>Encoded as one DAG-CBOR array: the level, which is 0 for a leaf, then for each entry in the
 * order of keys how many leading bytes its key shares with the one before, the rest of the key, and
 * the value; an inner node's keys are the lowest below each child, its values are links.
 */
final class Node {

  /** Higher trees than this do not fit any disk. */
  static final int MAX_LEVEL = 16;

  private static final int ITEMS_PER_ENTRY = 3;

  /** Estimated bytes in memory of an entry's columns, and of a link. */
  private static final int ENTRY_WEIGHT = 26;

  private static final int LINK_WEIGHT = 112;
  private static final int NODE_WEIGHT = 160;
  private static final byte[] NO_BLOCK = {};

  /** A leaf of nothing: takes the place of one that is lost. */
  static final Node EMPTY = decode(new CborWriter().writeArrayHeader(1).writeLong(0).toBytes());

  private final int level;
  private final int count;
  private final byte[] kinds;
  private final long[] inodes;
  private final long[] subs;
  private final byte @Nullable [] @Nullable [] tails; // null if no key has one
  private final byte[] block;
  private final int[] valueStarts;
  private final int[] valueEnds;
  private final Cid[] children;

  private Node(int level, int count, KeyColumns columns, byte[] block, Cid[] children) {
    this.level = level;
    this.count = count;
    this.kinds = columns.kinds;
    this.inodes = columns.inodes;
    this.subs = columns.subs;
    this.tails = columns.tails;
    this.block = block;
    this.valueStarts = columns.valueStarts;
    this.valueEnds = columns.valueEnds;
    this.children = children;
  }

  /** What a node is made of while it is decoded. */
  private static final class KeyColumns {
    private final byte[] kinds;
    private final long[] inodes;
    private final long[] subs;
    private final int[] valueStarts;
    private final int[] valueEnds;
    private byte @Nullable [] @Nullable [] tails;

    private KeyColumns(int count, boolean leaf) {
      kinds = new byte[count];
      inodes = new long[count];
      subs = new long[count];
      valueStarts = new int[leaf ? count : 0];
      valueEnds = new int[leaf ? count : 0];
    }

    private void setKey(int index, Key key) {
      kinds[index] = key.kind();
      inodes[index] = key.inode();
      subs[index] = key.sub();
      if (key.tail().length > 0) {
        if (tails == null) {
          tails = new byte[kinds.length][];
        }
        tails[index] = key.tail();
      }
    }
  }

  /**
   * @param block kept, not copied
   * @throws CborException if this is no node
   */
  static Node decode(byte[] block) {
    CborReader reader = new CborReader(block);
    int items = reader.readArrayHeader();
    int level = reader.readInt(0, MAX_LEVEL);
    int count = (items - 1) / ITEMS_PER_ENTRY;
    if (items != 1 + ITEMS_PER_ENTRY * count || (level > 0 && count == 0)) {
      throw new CborException("a node of level " + level + " has " + items + " items");
    }
    boolean leaf = level == 0;
    KeyColumns columns = new KeyColumns(count, leaf);
    Cid[] children = new Cid[leaf ? 0 : count];
    byte[] keyBytes = new byte[Key.MAX_BYTES];
    Key previous = null;
    for (int i = 0; i < count; i++) {
      Key key = readKey(reader, keyBytes);
      if (previous != null && previous.compareTo(key) >= 0) {
        throw new CborException("the keys of a node are not in order");
      }
      previous = key;
      columns.setKey(i, key);
      if (leaf) {
        columns.valueStarts[i] = reader.position();
        reader.skip();
        columns.valueEnds[i] = reader.position();
      } else {
        children[i] = reader.readLink();
      }
    }
    reader.finish();
    return new Node(level, count, columns, leaf ? block : NO_BLOCK, children);
  }

  private static Key readKey(CborReader reader, byte[] keyBytes) {
    int shared = reader.readInt(0, Key.MAX_BYTES);
    byte[] rest = reader.readBytes();
    int length = shared + rest.length;
    if (length > Key.MAX_BYTES) {
      throw new CborException("a key has " + length + " bytes");
    }
    System.arraycopy(rest, 0, keyBytes, shared, rest.length);
    try {
      return Key.decode(keyBytes, length);
    } catch (IllegalArgumentException e) {
      throw new CborException("a node has a bad key: " + e.getMessage(), e);
    }
  }

  /** 0 for a leaf. */
  int level() {
    return level;
  }

  int count() {
    return count;
  }

  Key key(int index) {
    return Key.of(kinds[index], inodes[index], subs[index], tails == null ? null : tails[index]);
  }

  /** The index of the last key that is not greater, or -1. */
  int floor(Key key) {
    int low = 0;
    int high = count - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      if (compare(middle, key) <= 0) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return high;
  }

  /** Whether the key at an index is this one. */
  boolean isAt(int index, Key key) {
    return compare(index, key) == 0;
  }

  private int compare(int index, Key key) {
    return Key.compare(
        kinds[index], inodes[index], subs[index], tails == null ? null : tails[index], key);
  }

  /** A leaf's value, decoded anew. */
  Value value(int index) {
    Key key = key(index);
    return Columns.read(key, new CborReader(block, valueStarts[index], valueEnds[index]));
  }

  /** The bytes within which a leaf's encoded values lie; not to be changed. */
  byte[] block() {
    return block;
  }

  int valueStart(int index) {
    return valueStarts[index];
  }

  int valueEnd(int index) {
    return valueEnds[index];
  }

  /** An inner node's child. */
  Cid child(int index) {
    return children[index];
  }

  /** The children from one index to before another. */
  List<Cid> children(int from, int to) {
    return List.copyOf(Arrays.asList(children).subList(from, Math.min(to, count)));
  }

  /** Bytes that it takes in memory, roughly. */
  int weight() {
    return NODE_WEIGHT + block.length + count * ENTRY_WEIGHT + children.length * LINK_WEIGHT;
  }
}
