package io.cairnfs.node.replication;

import io.cairnfs.dht.record.NodeRecord;
import io.cairnfs.node.store.BlockStore;
import io.cairnfs.node.store.StoreException;
import io.cairnfs.node.worker.Throttle;
import io.cairnfs.node.worker.Worker;
import io.cairnfs.protocol.block.Block;
import io.cairnfs.protocol.block.BlockLimits;
import io.cairnfs.protocol.block.BlockMethods;
import io.cairnfs.protocol.block.message.Arrival;
import io.cairnfs.protocol.block.message.ArrivalsReply;
import io.cairnfs.protocol.block.message.ArrivalsRequest;
import io.cairnfs.protocol.identity.Key256;
import io.cairnfs.protocol.identity.NodeId;
import io.cairnfs.protocol.transport.Envelope;
import io.cairnfs.protocol.transport.Transport;
import io.cairnfs.protocol.transport.WireError;
import io.cairnfs.protocol.transport.WireException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches what arrived at peers while this node was away: reads each peer's arrival log from a
 * cursor, checks which blocks are missing, gets them, and only then advances the cursor. Runs at
 * the start, when a peer appears, and from time to time; when there is nothing to do it costs one
 * small request per peer.
 */
final class CatchUp implements Worker {

  private static final Logger LOG = LoggerFactory.getLogger(CatchUp.class);

  private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(10);

  /** How often peers are looked at: bounds how late one that appears is noticed. */
  private static final Duration TICK = Duration.ofMillis(500);

  /**
   * After a page that took t it rests for t divided by this, so that readers and writers come
   * first.
   */
  private static final int REST_DIVISOR = 2;

  private final BlockStore store;
  private final DesignatedReplicas replicas;
  private final Transport transport;
  private final BlockFetcher fetcher;
  private final MissingBlocks missing;
  private final PeerCursors cursors;
  private final Duration interval;
  private final Throttle throttle;
  private final Map<NodeId, Long> dueNanos = new HashMap<>();

  /** Who told since the start what this node missed. */
  private final Set<NodeId> asked = ConcurrentHashMap.newKeySet();

  private volatile String progress = "starting";
  private volatile boolean busy = true;

  /**
   * @param settings how often a peer without news is asked, and how much is fetched at most
   */
  CatchUp(
      BlockStore store,
      DesignatedReplicas replicas,
      Transport transport,
      MissingBlocks missing,
      ReplicationSettings settings) {
    this.store = store;
    this.replicas = replicas;
    this.transport = transport;
    this.fetcher = new BlockFetcher(transport);
    this.missing = missing;
    this.cursors = new PeerCursors(store);
    this.interval = settings.ask();
    this.throttle = new Throttle(settings.bytesPerSecond());
  }

  @Override
  public String name() {
    return "catch-up";
  }

  @Override
  public String progress() {
    return progress;
  }

  @Override
  public Throttle throttle() {
    return throttle;
  }

  /** Whether there was something to fetch, or more to read, when peers were asked last. */
  boolean isBusy() {
    return busy;
  }

  /** Says that this node does not know yet what it missed while it was away. */
  Optional<String> complaint() {
    return replicas.peers().stream()
        .map(NodeRecord::id)
        .filter(peer -> replicas.isUp(peer) && !asked.contains(peer))
        .findFirst()
        .map(peer -> "what was missed before the start is not known yet from node " + peer);
  }

  @Override
  public Duration work() throws StoreException, InterruptedException {
    List<NodeRecord> peers = replicas.peers();
    dueNanos.keySet().retainAll(peers.stream().map(NodeRecord::id).toList());
    long started = System.nanoTime();
    boolean fetched = false;
    for (NodeRecord peer : peers) {
      if (!replicas.isUp(peer.id())) {
        // Due at once when it is back.
        dueNanos.remove(peer.id());
      } else if (dueNanos.getOrDefault(peer.id(), started) - started <= 0) {
        fetched |= follow(peer);
      }
    }
    busy = fetched;
    Duration took = Duration.ofNanos(System.nanoTime() - started);
    return fetched ? took.dividedBy(REST_DIVISOR) : TICK;
  }

  /**
   * Takes a page of a peer's log; returns whether there was something to fetch or there is more to
   * read.
   */
  private boolean follow(NodeRecord peer) throws StoreException, InterruptedException {
    try {
      PeerCursors.Cursor cursor = cursors.get(peer.id());
      ArrivalsReply page = ask(peer, cursor);
      List<Arrival> lacking = lacking(page.getArrivalList());
      missing.pending(lacking.size());
      fetchAll(peer, lacking);
      cursors.advance(peer.id(), new PeerCursors.Cursor(page.getEpoch(), page.getThrough()));
      boolean busy = page.getMore() || !lacking.isEmpty();
      progress = "followed " + peer.id() + " to " + page.getThrough();
      dueNanos.put(peer.id(), System.nanoTime() + (busy ? 0 : interval.toNanos()));
      return busy;
    } catch (WireException e) {
      LOG.debug("Cannot follow {}: {}", peer.id(), e.getMessage());
      progress = "cannot follow " + peer.id() + ": " + e.getMessage();
      dueNanos.put(peer.id(), System.nanoTime() + interval.toNanos());
      return false;
    }
  }

  private ArrivalsReply ask(NodeRecord peer, PeerCursors.Cursor cursor)
      throws WireException, InterruptedException {
    ArrivalsRequest request =
        ArrivalsRequest.newBuilder()
            .setEpoch(cursor.epoch())
            .setAfter(cursor.sequence())
            .setFirst(!asked.contains(peer.id()))
            .build();
    ArrivalsReply reply =
        transport
            .request(peer.peer(), BlockMethods.ARRIVALS, Envelope.of(request), REQUEST_TIMEOUT)
            .message();
    asked.add(peer.id());
    for (Arrival arrival : reply.getArrivalList()) {
      if (arrival.getDigest().size() != Key256.BYTES) {
        throw new WireException(WireError.MALFORMED, peer.id() + " sent an arrival that is none");
      }
    }
    return reply;
  }

  private List<Arrival> lacking(List<Arrival> arrivals)
      throws StoreException, InterruptedException {
    BitSet present = store.have(arrivals.stream().map(CatchUp::digest).toList());
    List<Arrival> lacking = new ArrayList<>();
    for (int i = 0; i < arrivals.size(); i++) {
      if (!present.get(i)) {
        lacking.add(arrivals.get(i));
      }
    }
    return lacking;
  }

  private void fetchAll(NodeRecord peer, List<Arrival> lacking)
      throws WireException, StoreException, InterruptedException {
    Map<Key256, Wanted> wanted = new HashMap<>();
    for (Arrival arrival : lacking) {
      wanted.put(digest(arrival), Wanted.of(arrival));
    }
    List<Key256> left = new ArrayList<>(wanted.keySet());
    while (!left.isEmpty()) {
      List<Key256> batch = left.subList(0, Math.min(left.size(), BlockLimits.MAX_BATCH_BLOCKS));
      BlockFetcher.Fetched fetched = fetcher.fetch(peer.peer(), List.copyOf(batch));
      batch.clear();
      left.addAll(fetched.later());
      fetched.blocks().forEach(block -> throttle.spend(block.bytes().length));
      keep(fetched.blocks(), wanted);
      fetched.refused().forEach((digest, error) -> noteRefusal(digest, error, wanted));
      missing.pending(left.size());
    }
  }

  private void keep(List<Block> blocks, Map<Key256, Wanted> wanted)
      throws StoreException, InterruptedException {
    Map<Wanted, List<Block>> alike =
        blocks.stream().collect(Collectors.groupingBy(block -> of(block.cid().key(), wanted)));
    for (Map.Entry<Wanted, List<Block>> group : alike.entrySet()) {
      try {
        store.put(group.getValue(), group.getKey().options());
      } catch (StoreException e) {
        if (e.reason() != StoreException.Reason.WRONG_HASH) {
          throw e;
        }
        for (Block block : group.getValue()) {
          keep(block, group.getKey());
        }
      }
    }
  }

  /** Only what was asked for is fetched. */
  private static Wanted of(Key256 digest, Map<Key256, Wanted> wanted) {
    return Objects.requireNonNull(wanted.get(digest));
  }

  private void keep(Block block, Wanted wanted) throws StoreException, InterruptedException {
    try {
      store.put(List.of(block), wanted.options());
    } catch (StoreException e) {
      if (e.reason() != StoreException.Reason.WRONG_HASH) {
        throw e;
      }
      // The peer lies, or its memory does; others may have the block.
      missing.add(block.cid().key(), wanted);
    }
  }

  private void noteRefusal(Key256 digest, WireError error, Map<Key256, Wanted> wanted) {
    // What the peer deleted since is not missed.
    if (error != WireError.NOT_FOUND) {
      missing.add(digest, of(digest, wanted));
    }
  }

  private static Key256 digest(Arrival arrival) {
    return Key256.of(arrival.getDigest().toByteArray());
  }
}
