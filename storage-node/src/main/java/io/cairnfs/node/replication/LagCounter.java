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

/**
 * Counts the blocks that peers should hold and have not confirmed, following the arrival log. A
 * peer that is up is given time to confirm what was just written; for one that is down, or has been
 * since the block arrived, every block counts at once.
 */
final class LagCounter implements Worker {

  private static final Duration INTERVAL = Duration.ofMillis(500);

  /** Arrivals looked at per peer and unit of work. */
  private static final int PAGE = 4096;

  private final BlockStore store;
  private final DesignatedReplicas replicas;
  private final PeerLags lags;
  private final SettledArrivals settled;
  private final SettledArrivals overdue;
  private @Nullable Object view;

  /**
   * @param settled what peers are told of
   * @param overdue what a peer that is up has had the time to confirm
   */
  LagCounter(
      BlockStore store,
      DesignatedReplicas replicas,
      PeerLags lags,
      SettledArrivals settled,
      SettledArrivals overdue) {
    this.store = store;
    this.replicas = replicas;
    this.lags = lags;
    this.settled = settled;
    this.overdue = overdue;
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
    long now = System.nanoTime();
    long lastArrival = store.lastArrival();
    settled.sample(now, lastArrival);
    overdue.sample(now, lastArrival);
    List<NodeRecord> peers = replicas.peers();
    lags.follow(peers.stream().map(NodeRecord::id).toList());
    noticeChange();
    boolean more = false;
    for (NodeRecord peer : peers) {
      lags.expect(peer.id(), replicas.isUp(peer.id()) ? overdue.settled() : lastArrival);
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
    long due = lags.due(peer);
    if (from >= due) {
      return false;
    }
    ArrivalPage page = store.arrivals(from, PAGE);
    long matches = 0;
    for (Arrival arrival : page.arrivals()) {
      if (arrival.sequence() <= due
          && replicas.isDesignated(peer, arrival.digest(), arrival.replication())) {
        matches++;
      }
    }
    lags.count(peer, from, Math.min(page.through(), due), matches);
    return page.more() && page.through() < due;
  }
}
