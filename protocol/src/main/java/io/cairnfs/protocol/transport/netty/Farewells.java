package io.cairnfs.protocol.transport.netty;

import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Bounds the connections that linger: beyond, the oldest ends at once. Thread-safe. */
final class Farewells {

  /** Tens of kibibytes each, mostly of TLS. */
  static final int MAX_LINGERING = 256;

  private final Set<Farewell> lingering = new LinkedHashSet<>();

  void add(Farewell farewell) {
    Farewell oldest = addAndTakeSurplus(farewell);
    if (oldest != null) {
      oldest.endSoon();
    }
  }

  private synchronized @Nullable Farewell addAndTakeSurplus(Farewell farewell) {
    lingering.add(farewell);
    if (lingering.size() <= MAX_LINGERING) {
      return null;
    }
    Farewell oldest = lingering.iterator().next();
    lingering.remove(oldest);
    return oldest;
  }

  synchronized void remove(Farewell farewell) {
    lingering.remove(farewell);
  }
}
