package io.cairnfs.node.head.machine;

import io.cairnfs.protocol.head.HeadLimits;
import io.cairnfs.protocol.head.message.VolumeSnapshot;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which sequence last wrote each conflict token, for the most recently written {@link
 * HeadLimits#WINDOW_TOKENS} tokens. Below its floor it knows nothing: a transaction that read
 * before the floor is too old to be judged.
 */
final class TokenWindow {

  /** Oldest write first, so that the eldest entry is the one to forget. */
  private final LinkedHashMap<Long, Long> lastWrites = new LinkedHashMap<>();

  private long floor;

  boolean covers(long readVersion) {
    return readVersion >= floor;
  }

  boolean anyWrittenAfter(long readVersion, List<Long> tokens) {
    for (Long token : tokens) {
      if (lastWrites.getOrDefault(token, 0L) > readVersion) {
        return true;
      }
    }
    return false;
  }

  void write(List<Long> tokens, long sequence) {
    for (Long token : tokens) {
      lastWrites.remove(token);
      lastWrites.put(token, sequence);
    }
    Iterator<Long> eldest = lastWrites.values().iterator();
    for (int excess = lastWrites.size() - HeadLimits.WINDOW_TOKENS; excess > 0; excess--) {
      floor = eldest.next();
      eldest.remove();
    }
  }

  /** Forgets all writes: something unknown was written at this sequence. */
  void raiseFloor(long sequence) {
    floor = sequence;
    lastWrites.clear();
  }

  void save(VolumeSnapshot.Builder to) {
    to.setWindowFloor(floor);
    for (Map.Entry<Long, Long> write : lastWrites.entrySet()) {
      to.addWindowToken(write.getKey()).addWindowSequence(write.getValue());
    }
  }

  static TokenWindow load(VolumeSnapshot from) {
    TokenWindow window = new TokenWindow();
    window.floor = from.getWindowFloor();
    for (int i = 0; i < from.getWindowTokenCount(); i++) {
      window.lastWrites.put(from.getWindowToken(i), from.getWindowSequence(i));
    }
    return window;
  }
}
