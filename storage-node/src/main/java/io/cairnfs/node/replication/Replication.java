package io.cairnfs.node.replication;

import io.cairnfs.dht.record.NodeState;
import io.cairnfs.node.store.BlockStore;
import io.cairnfs.node.store.StoreException;
import io.cairnfs.node.worker.Workers;
import io.cairnfs.protocol.block.BlockMethods;
import io.cairnfs.protocol.identity.NodeId;
import io.cairnfs.protocol.repair.RepairMethods;
import io.cairnfs.protocol.transport.Transport;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Keeps this node's blocks and those of its peers whole: a facade over the workers that catch up,
 * repair and count, and the handler that lets peers catch up with this node. Thread-safe.
 */
public final class Replication {

  private final BlockStore store;
  private final PeerLags lags;
  private final MissingBlocks missing = new MissingBlocks();
  private final ArrivalsHandler handler;
  private final LagCounter counter;
  private final CatchUp catchUp;
  private final Comparison comparison;
  private final Repair repair;
  private final SurplusCopies surplus;
  private final DesignatedReplicas replicas;
  private final ReplicationSettings settings;
  private final Confirmation confirmation;
  private final PairFingerprints fingerprints;
  private final CompareHandler compareHandler;
  private final OfferHandler offerHandler;
  private final StripeKeeper stripes;
  private final ReleaseHandler releaseHandler;
  private @Nullable Drain drain;

  public Replication(
      BlockStore store,
      DesignatedReplicas replicas,
      Transport transport,
      ReplicationSettings settings) {
    this(store, replicas, transport, settings, new Offers(store, replicas, transport));
  }

  /**
   * @param confirmation says which copies may be dropped
   */
  Replication(
      BlockStore store,
      DesignatedReplicas replicas,
      Transport transport,
      ReplicationSettings settings,
      Confirmation confirmation) {
    this.store = store;
    this.lags = new PeerLags(store);
    SettledArrivals settled = new SettledArrivals(settings.settle(), store.lastArrival());
    SettledArrivals overdue = new SettledArrivals(settings.confirm(), store.lastArrival());
    this.replicas = replicas;
    this.settings = settings;
    this.confirmation = confirmation;
    this.fingerprints = new PairFingerprints(store, replicas);
    this.handler = new ArrivalsHandler(store, replicas, lags, settled);
    this.counter = new LagCounter(store, replicas, lags, settled, overdue);
    this.catchUp = new CatchUp(store, replicas, transport, missing, settings);
    this.comparison =
        new Comparison(store, replicas, fingerprints, transport, missing, catchUp, settings);
    this.repair =
        new Repair(
            store, replicas, new BlockCopier(transport, store), missing, settings.bytesPerSecond());
    Dropping dropping = new Dropping();
    this.surplus =
        new SurplusCopies(store, replicas, fingerprints, confirmation, dropping, catchUp, settings);
    this.compareHandler = new CompareHandler(fingerprints);
    this.offerHandler = new OfferHandler(store, replicas, missing, dropping, catchUp::isBusy);
    this.stripes = new StripeKeeper(store, replicas, transport, settings);
    this.releaseHandler =
        new ReleaseHandler(store, replicas, new Offers(store, replicas, transport), dropping);
  }

  /** Lets a transport answer {@link BlockMethods#ARRIVALS} and {@link RepairMethods}. */
  public void register(Transport transport) {
    transport.handle(BlockMethods.ARRIVALS, handler);
    transport.handle(RepairMethods.COMPARE, compareHandler);
    transport.handle(RepairMethods.COPY, new CopyHandler(store));
    transport.handle(RepairMethods.OFFER, offerHandler);
    transport.handle(RepairMethods.RELEASE, releaseHandler);
  }

  /**
   * Lets operators have this node leave the cluster.
   *
   * @param announce tells the cluster of the node's state
   * @param veto why it cannot leave whatever becomes of its blocks; empty if it can
   * @param obstacles what it still has besides blocks, a line each
   */
  public void allowDrain(
      Transport transport,
      Consumer<NodeState> announce,
      Supplier<String> veto,
      Supplier<List<String>> obstacles)
      throws StoreException, InterruptedException {
    drain = new Drain(store, replicas, fingerprints, confirmation, settings, announce, obstacles);
    transport.handle(RepairMethods.DRAIN, new DrainHandler(drain, veto));
  }

  public void start(Workers workers) {
    if (drain != null) {
      workers.start(drain);
    }
    workers.start(counter);
    workers.start(catchUp);
    workers.start(comparison);
    workers.start(repair);
    workers.start(surplus);
    workers.start(stripes);
  }

  /**
   * Instead of {@link #start}, for a node that has no peers and never will: there is nothing to
   * count.
   */
  public void startAlone() throws StoreException, InterruptedException {
    lags.follow(List.of());
  }

  /** What is not known yet to be whole, for an operator. */
  public List<String> complaints() {
    return Stream.of(catchUp.complaint(), comparison.complaint())
        .flatMap(Optional::stream)
        .toList();
  }

  /** How many blocks a peer should hold and should have confirmed by now. */
  public long unconfirmed(NodeId peer) {
    return lags.unconfirmed(peer);
  }

  /**
   * Replicas that are known to be missing, or not known to be there: those missing or damaged here,
   * those that peers have not confirmed in time, and shards of the stripes that this node keeps.
   */
  public long underReplicated() {
    return missing.count() + store.figures().quarantined() + lags.unconfirmed() + stripes.waiting();
  }
}
