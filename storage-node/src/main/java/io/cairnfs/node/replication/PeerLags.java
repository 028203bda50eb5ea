package io.cairnfs.node.replication;

import io.cairnfs.node.store.BlockStore;
import io.cairnfs.node.store.StoreException;
import io.cairnfs.protocol.identity.NodeId;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/**
 * What each peer has confirmed of this node's arrival log; kept in the store, so that it outlives a
 * restart. Thread-safe.
 */
public final class PeerLags {

  private static final String NOTE = "confirmed/";

  private final BlockStore store;
  private final Map<NodeId, PeerLag> lags = new HashMap<>();
  private boolean counting;

  public PeerLags(BlockStore store) {
    this.store = store;
  }

  /** A peer confirms that it needs nothing up to a sequence any more. */
  void confirm(NodeId peer, long through) throws StoreException, InterruptedException {
    load(peer);
    synchronized (this) {
      PeerLag lag = lags.get(peer);
      if (lag == null || lag.confirmed() == through) {
        return;
      }
      lag.confirm(through);
    }
    store.keepNote(NOTE + peer, ByteBuffer.allocate(Long.BYTES).putLong(through).array());
  }

  /** Makes sure that a peer is known here. */
  void load(NodeId peer) throws StoreException, InterruptedException {
    synchronized (this) {
      if (lags.containsKey(peer)) {
        return;
      }
    }
    byte[] note = store.note(NOTE + peer);
    long confirmed = note == null ? 0 : ByteBuffer.wrap(note).getLong();
    synchronized (this) {
      lags.putIfAbsent(peer, new PeerLag(confirmed, store.lastArrival()));
    }
  }

  synchronized void answered(NodeId peer, long from, long through, long matches) {
    PeerLag lag = lags.get(peer);
    if (lag != null) {
      lag.answered(from, through, matches);
    }
  }

  /** A peer should have confirmed everything up to a sequence by now. */
  synchronized void expect(NodeId peer, long through) {
    PeerLag lag = lags.get(peer);
    if (lag != null) {
      lag.expect(through);
    }
  }

  /** Where counting for a peer goes on. */
  synchronized long counted(NodeId peer) {
    PeerLag lag = lags.get(peer);
    return lag == null ? 0 : lag.counted();
  }

  /** Up to where it is to go. */
  synchronized long due(NodeId peer) {
    PeerLag lag = lags.get(peer);
    return lag == null ? 0 : lag.due();
  }

  /**
   * Adds what was found for a peer between two sequences, unless it was counted from elsewhere
   * meanwhile.
   */
  synchronized void count(NodeId peer, long from, long through, long matches) {
    PeerLag lag = lags.get(peer);
    if (lag != null && lag.counted() == from) {
      lag.count(through, matches);
    }
  }

  /** Forgets all counts: who should hold what has changed. */
  synchronized void restart() {
    lags.values().forEach(PeerLag::restart);
  }

  /** Tells which peers the cluster has; others are forgotten. */
  void follow(Collection<NodeId> peers) throws StoreException, InterruptedException {
    for (NodeId peer : peers) {
      load(peer);
    }
    synchronized (this) {
      lags.keySet().retainAll(peers);
      counting = true;
    }
  }

  /** How many blocks a peer should hold and should have confirmed by now. */
  public synchronized long unconfirmed(NodeId peer) {
    PeerLag lag = lags.get(peer);
    return lag == null ? 0 : lag.unconfirmed();
  }

  /** The sum over all peers; what is not counted yet counts as not confirmed. */
  public synchronized long unconfirmed() {
    return counting
        ? lags.values().stream().mapToLong(lag -> lag.unconfirmed() + lag.uncounted()).sum()
        : store.lastArrival();
  }
}
