package io.cairnfs.protocol.transport.netty;

import io.cairnfs.protocol.identity.NodeId;
import io.cairnfs.protocol.transport.Limits;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The shares of all peers in the memory and the handlers of a transport. A share is kept for some
 * time after its peer's last connection, so that a reconnect makes nothing undone. Thread-safe.
 */
final class PeerShares {

  /** Shares of peers without a connection that are kept: a few hundred bytes each. */
  private static final int MAX_KEPT = 1024;

  private static final class Entry {
    private final PeerShare share;
    private int connections;

    Entry(PeerShare share) {
      this.share = share;
    }
  }

  private final FairBudget requests;
  private final FairBudget replies;
  private final HandlerPool handlers =
      new HandlerPool(Limits.MAX_HANDLERS, Limits.MAX_HANDLERS_PER_PEER);
  private final HandlerPool waiting =
      new HandlerPool(Limits.MAX_WAITING, Limits.MAX_WAITING_PER_PEER);
  private final Map<NodeId, Entry> connected = new LinkedHashMap<>();
  private final Map<NodeId, Entry> kept = new LinkedHashMap<>();

  PeerShares(TransportConfig config) {
    requests = new FairBudget(config.requestBudgetBytes());
    replies = new FairBudget(config.replyBudgetBytes());
  }

  FairBudget requests() {
    return requests;
  }

  FairBudget replies() {
    return replies;
  }

  /** The share of a peer that has one connection more. */
  synchronized PeerShare join(NodeId peer) {
    Entry entry = connected.get(peer);
    if (entry == null) {
      Entry old = kept.remove(peer);
      entry = old != null ? old : new Entry(newShare());
      connected.put(peer, entry);
    }
    entry.connections++;
    return entry.share;
  }

  /** The peer has one connection less. */
  synchronized void leave(NodeId peer) {
    Entry entry = connected.get(peer);
    if (entry == null) {
      throw new IllegalStateException(peer + " is not connected");
    }
    entry.connections--;
    if (entry.connections > 0) {
      return;
    }
    connected.remove(peer);
    kept.put(peer, entry);
    if (kept.size() > MAX_KEPT) {
      Iterator<Entry> oldest = kept.values().iterator();
      oldest.next();
      oldest.remove();
    }
  }

  private PeerShare newShare() {
    return new PeerShare(
        requests.open(),
        replies.open(),
        new ReplySizes(),
        handlers.open(),
        waiting.open(),
        new FaultMeter(System.nanoTime()));
  }
}
