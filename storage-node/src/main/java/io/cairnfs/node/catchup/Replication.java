package io.cairnfs.node.catchup;

import io.cairnfs.node.store.BlockStore;
import io.cairnfs.node.store.StoreException;
import io.cairnfs.node.worker.Workers;
import io.cairnfs.protocol.block.BlockMethods;
import io.cairnfs.protocol.identity.NodeId;
import io.cairnfs.protocol.transport.Transport;
import java.time.Duration;
import java.util.List;

/**
 * Keeps this node's blocks and those of its peers whole: a facade over the workers that catch up,
 * repair and count, and the handler that lets peers catch up with this node. Thread-safe.
 */
public final class Replication {

  /** A writer has reached all replicas within this time, or will not. */
  public static final Duration SETTLE = Duration.ofSeconds(2);

  /** How often a peer without news is asked. */
  public static final Duration INTERVAL = Duration.ofSeconds(3);

  private final BlockStore store;
  private final PeerLags lags;
  private final MissingBlocks missing = new MissingBlocks();
  private final ArrivalsHandler handler;
  private final LagCounter counter;
  private final CatchUp catchUp;
  private final Repair repair;

  /**
   * @param settle how long after its arrival a block is told of
   * @param interval how often a peer without news is asked
   */
  public Replication(
      BlockStore store,
      DesignatedReplicas replicas,
      Transport transport,
      Duration settle,
      Duration interval) {
    this.store = store;
    this.lags = new PeerLags(store);
    SettledArrivals settled = new SettledArrivals(settle, store.lastArrival());
    this.handler = new ArrivalsHandler(store, replicas, lags, settled);
    this.counter = new LagCounter(store, replicas, lags, settled);
    this.catchUp = new CatchUp(store, replicas, transport, missing, interval);
    this.repair =
        new Repair(store, replicas, transport.self(), new BlockFetcher(transport), missing);
  }

  /** Lets a transport answer {@link BlockMethods#ARRIVALS}. */
  public void register(Transport transport) {
    transport.handle(BlockMethods.ARRIVALS, handler);
  }

  public void start(Workers workers) {
    workers.start(counter);
    workers.start(catchUp);
    workers.start(repair);
  }

  /**
   * Instead of {@link #start}, for a node that has no peers and never will: there is nothing to
   * count.
   */
  public void startAlone() throws StoreException, InterruptedException {
    lags.follow(List.of());
  }

  /** How many blocks a peer should hold and has not confirmed. */
  public long unconfirmed(NodeId peer) {
    return lags.unconfirmed(peer);
  }

  /**
   * Replicas that are known to be missing, or not known to be there: those missing or damaged here,
   * and those that peers have not confirmed.
   */
  public long underReplicated() {
    return missing.count() + store.figures().quarantined() + lags.unconfirmed();
  }
}
