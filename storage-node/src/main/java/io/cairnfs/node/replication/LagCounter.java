package io.cairnfs.node.replication;

import io.cairnfs.dht.record.NodeRecord;
import io.cairnfs.node.store.Arrival;
import io.cairnfs.node.store.ArrivalPage;
import io.cairnfs.node.store.BlockStore;
import io.cairnfs.node.store.StoreException;
import io.cairnfs.node.worker.Worker;
import io.cairnfs.protocol.identity.NodeId;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Counts the blocks that peers should hold and have not confirmed, following the arrival log. */
final class LagCounter implements Worker {

  private static final Duration INTERVAL = Duration.ofMillis(500);

  /** Arrivals looked at per peer and unit of work. */
  private static final int PAGE = 4096;

  private final BlockStore store;
  private final DesignatedReplicas replicas;
  private final PeerLags lags;
  private final SettledArrivals settled;
  private @Nullable Object view;

  LagCounter(
      BlockStore store, DesignatedReplicas replicas, PeerLags lags, SettledArrivals settled) {
    this.store = store;
    this.replicas = replicas;
    this.lags = lags;
    this.settled = settled;
  }

  @Override
  public String name() {
    return "replication-count";
  }

  @Override
  public String progress() {
    return lags.unconfirmed() + " blocks not confirmed by peers";
  }

  @Override
  public Duration work() throws StoreException, InterruptedException {
    settled.sample(System.nanoTime(), store.lastArrival());
    List<NodeRecord> peers = replicas.peers();
    lags.follow(peers.stream().map(NodeRecord::id).toList());
    noticeChange();
    boolean more = false;
    for (NodeRecord peer : peers) {
      more |= count(peer.id());
    }
    return more ? Duration.ZERO : INTERVAL;
  }

  private void noticeChange() {
    Object now = replicas.view();
    if (!now.equals(view)) {
      view = now;
      lags.restart();
    }
  }

  /** Counts a page for a peer; returns whether there is more. */
  private boolean count(NodeId peer) throws StoreException, InterruptedException {
    long from = lags.counted(peer);
    if (from >= store.lastArrival()) {
      return false;
    }
    ArrivalPage page = store.arrivals(from, PAGE);
    long matches = 0;
    for (Arrival arrival : page.arrivals()) {
      if (replicas.isDesignated(peer, arrival.digest(), arrival.replication())) {
        matches++;
      }
    }
    lags.count(peer, from, page.through(), matches);
    return page.more();
  }
}
