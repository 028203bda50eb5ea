package io.cairnfs.protocol.ipld;

import java.util.Arrays;

/**
 * The arrays and maps that are open while an item is read or written: counts what each still owes,
 * and checks what holds for both directions: one top-level item, text keys in strictly rising
 * order, a bounded depth.
 *
 * <p>Keys are compared in their encoded form, whose byte order is the order of DAG-CBOR: shorter
 * first, then bytewise.
 */
final class Nesting {

  private static final int INITIAL_DEPTH = 8;
  private static final int NO_KEY = -1;

  private boolean started;
  private int depth;
  private int[] owed = new int[INITIAL_DEPTH]; // items; a map's keys count as well
  private boolean[] map = new boolean[INITIAL_DEPTH];
  private int[] keyStart = new int[INITIAL_DEPTH]; // of the latest key, in the encoded bytes
  private int[] keyEnd = new int[INITIAL_DEPTH];

  void reset() {
    started = false;
    depth = 0;
  }

  /** Whether one whole item has passed. */
  boolean isComplete() {
    return started && depth == 0;
  }

  /**
   * An item other than text begins.
   *
   * @throws CborException if none may begin here
   */
  void beginItem() {
    if (begin()) {
      throw new CborException("a map's key is text");
    }
  }

  /**
   * A text begins.
   *
   * @return whether it is a key, which {@link #endKey} takes
   */
  boolean beginText() {
    return begin();
  }

  private boolean begin() {
    if (depth == 0) {
      if (started) {
        throw new CborException("there is one top-level item only");
      }
      started = true;
      return false;
    }
    int top = depth - 1;
    boolean key = map[top] && (owed[top] & 1) == 0;
    owed[top]--;
    return key;
  }

  /** The key that began is encoded in {@code bytes} from {@code start} to {@code end}. */
  void endKey(byte[] bytes, int start, int end) {
    int top = depth - 1;
    if (keyStart[top] != NO_KEY
        && Arrays.compareUnsigned(bytes, keyStart[top], keyEnd[top], bytes, start, end) >= 0) {
      throw new CborException("map keys are unique and sorted, shorter ones first");
    }
    keyStart[top] = start;
    keyEnd[top] = end;
  }

  /** An item without contents ended. */
  void end() {
    while (depth > 0 && owed[depth - 1] == 0) {
      depth--;
    }
  }

  /** The item that began has contents: {@code items} of them, keys and values each. */
  void open(boolean isMap, int items) {
    if (depth == CborLimits.MAX_DEPTH) {
      throw new CborException("items are nested deeper than " + CborLimits.MAX_DEPTH);
    }
    if (depth == owed.length) {
      int capacity = 2 * depth;
      owed = Arrays.copyOf(owed, capacity);
      map = Arrays.copyOf(map, capacity);
      keyStart = Arrays.copyOf(keyStart, capacity);
      keyEnd = Arrays.copyOf(keyEnd, capacity);
    }
    owed[depth] = items;
    map[depth] = isMap;
    keyStart[depth] = NO_KEY;
    depth++;
    end();
  }
}
