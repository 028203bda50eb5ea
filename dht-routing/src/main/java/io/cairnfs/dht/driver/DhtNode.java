package io.cairnfs.dht.driver;

import io.cairnfs.dht.Locator;
import io.cairnfs.dht.core.DhtConfig;
import io.cairnfs.dht.core.Input;
import io.cairnfs.dht.core.Kademlia;
import io.cairnfs.dht.core.Liveness;
import io.cairnfs.dht.core.LookupResult;
import io.cairnfs.dht.core.Output;
import io.cairnfs.dht.core.PeerStatus;
import io.cairnfs.dht.core.RememberedNode;
import io.cairnfs.dht.core.Request;
import io.cairnfs.dht.core.Response;
import io.cairnfs.dht.core.Value;
import io.cairnfs.dht.driver.AddressBook.Remembered;
import io.cairnfs.dht.record.NodeDescription;
import io.cairnfs.dht.record.NodeRecord;
import io.cairnfs.dht.record.NodeRole;
import io.cairnfs.dht.record.RecordSigner;
import io.cairnfs.protocol.identity.Key256;
import io.cairnfs.protocol.identity.NodeId;
import io.cairnfs.protocol.transport.Peer;
import io.cairnfs.protocol.transport.Transport;
import io.cairnfs.protocol.transport.WireError;
import io.cairnfs.protocol.transport.WireException;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A participant of the distributed hash table: the facade of the driver. A node is entered into the
 * tables of others and answers them; a client only asks. Thread-safe.
 */
public final class DhtNode implements Locator, AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(DhtNode.class);

  /** Lookups find so many times k nodes: those that share their prefix are then nearly always k. */
  private static final int WIDTH = 3;

  /** A lookup's result is looked up again in the background after this time, */
  private static final long STALE_MILLIS = 60_000;

  /** and not used any more after this one. */
  private static final long EXPIRED_MILLIS = 600_000;

  /** Lookups that fill the memory at once: the others wait, and find their keys there. */
  private static final int MAX_FILLING = 8;

  /** Background lookups may take longer: nobody waits for them. */
  private static final Duration REFRESH_TIMEOUT = Duration.ofSeconds(10);

  /** The data path waits so long for the first contact; after that it works with what is known. */
  private static final Duration FIRST_CONTACT = Duration.ofSeconds(5);

  private final DhtConfig config;
  private final DhtOptions options;
  private final RecordSigner signer;
  private final CoreLoop loop;
  private final DhtClient client;
  private final BookKeeper keeper;
  private final Neighbourhoods neighbourhoods;
  private final Semaphore filling = new Semaphore(MAX_FILLING);
  private final Semaphore refreshing = new Semaphore(1);
  private final CompletableFuture<Boolean> joined = new CompletableFuture<>();
  private final CompletableFuture<Boolean> settled = new CompletableFuture<>();
  private volatile boolean started;
  private volatile NodeRecord self;
  private volatile PeersView view;
  private long viewRevision;
  private NodeRecord viewSelf;

  private DhtNode(
      Transport transport, RecordSigner signer, NodeDescription description, DhtOptions options) {
    this.options = options;
    this.config = options.config();
    this.signer = signer;
    this.self =
        NodeRecord.sign(description.withVersion(nextVersion(description.version())), signer);
    this.view = new PeersView(config.client() ? null : self, List.of());
    this.viewSelf = self;
    this.neighbourhoods = new Neighbourhoods(config.k(), config.timing());
    this.keeper = new BookKeeper(options.book());
    long seed = new SecureRandom().nextLong();
    Kademlia core = new Kademlia(self, config, options.bootstrap(), options.validator(), seed);
    this.loop = new CoreLoop(core, new CoreEffects());
    RecordReader records = new RecordReader(options.verifier());
    Executor readers = task -> Thread.ofVirtual().name("dht-reply").start(task);
    Duration timeout = Duration.ofMillis(config.timing().requestTimeoutMillis());
    this.client = new DhtClient(transport, records, timeout, config.k(), loop::offer, readers);
    if (!config.client()) {
      new DhtService(this::ask, records, () -> self).register(transport);
    }
  }

  /**
   * A participant that has not started yet. Registers its handlers, so that the transport may
   * listen afterwards.
   *
   * @param description what the node says about itself; the version is at least the time of the day
   * @throws IllegalArgumentException if the transport and the signer have not the same identity
   */
  public static DhtNode create(
      Transport transport, RecordSigner signer, NodeDescription description, DhtOptions options) {
    if (!transport.self().equals(signer.id())) {
      throw new IllegalArgumentException(
          "a node signs its records with the identity that it shows to peers");
    }
    return new DhtNode(transport, signer, description, options);
  }

  private Response ask(@Nullable NodeRecord sender, Request request, Duration timeout)
      throws WireException, InterruptedException {
    if (!started) {
      throw new WireException(WireError.BUSY, "the node is starting");
    }
    return loop.ask(sender, request, timeout);
  }

  /**
   * As {@link #start()}, for a node that learns only now where it listens and whom it joins by.
   *
   * @param description what the node says about itself; the version is of no account
   * @param bootstrap whom to join by, besides those of the options; ids may be unknown
   * @throws IOException if the address book cannot be read
   */
  public void start(NodeDescription description, List<Peer> bootstrap) throws IOException {
    update(unused -> description);
    loop.offer(new Input.JoinBy(bootstrap));
    start();
  }

  /**
   * Begins to join, and goes on trying until it succeeds.
   *
   * @throws IOException if the address book cannot be read
   */
  public void start() throws IOException {
    Remembered remembered = options.book().load();
    loop.offer(new Input.Remember(remembered.nodes(), remembered.values()));
    started = true;
    loop.start(config);
    settled.completeOnTimeout(false, FIRST_CONTACT.toMillis(), TimeUnit.MILLISECONDS);
  }

  /**
   * Waits until the neighbourhood is known, or until it is clear that there is nobody to join.
   *
   * @return false if nobody has answered yet; this node goes on trying
   */
  public boolean awaitJoined(Duration timeout) throws InterruptedException {
    return await(joined, timeout);
  }

  private static boolean await(CompletableFuture<Boolean> future, Duration timeout)
      throws InterruptedException {
    try {
      return future.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException _) {
      return false;
    } catch (ExecutionException e) {
      throw new AssertionError("it is never completed so", e);
    }
  }

  /** This node's own record. */
  public NodeRecord self() {
    return self;
  }

  /**
   * Publishes a change of what this node says about itself. Others hear of it with the next ping.
   *
   * @param change gives the new description from the old one; its version is set here
   */
  public synchronized void update(UnaryOperator<NodeDescription> change) {
    publish(change.apply(self.description()), self.version());
  }

  private synchronized void exceed(long version) {
    if (version >= self.version()) {
      publish(self.description(), version);
    }
  }

  private void publish(NodeDescription description, long above) {
    self = NodeRecord.sign(description.withVersion(nextVersion(above)), signer);
    loop.offer(new Input.SelfChanged(self));
  }

  /**
   * Versions follow the time of the day, so that those of a node that lost its state exceed its old
   * ones.
   */
  private static long nextVersion(long above) {
    return Math.max(System.currentTimeMillis(), above + 1);
  }

  /**
   * Stores a small value on the nodes closest to its key.
   *
   * @throws WireException {@link WireError#REFUSED} if the validator does not accept it; {@link
   *     WireError#TIMEOUT}; {@link WireError#BUSY} if too much is in progress
   */
  public Output.WriteDone putValue(Value value, Duration timeout)
      throws WireException, InterruptedException {
    if (!options.validator().isValid(value)) {
      throw new WireException(WireError.REFUSED, "the value is not what its key's owner signed");
    }
    long deadline = System.nanoTime() + timeout.toNanos();
    await(settled, timeout);
    return loop.write(value, remaining(deadline));
  }

  /**
   * Reads a small value from the nodes closest to its key: the valid one of the highest sequence.
   *
   * @throws WireException {@link WireError#TIMEOUT}; {@link WireError#BUSY} if too much is in
   *     progress
   */
  public Output.ReadDone getValue(Key256 key, Duration timeout)
      throws WireException, InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    await(settled, timeout);
    return loop.read(key, remaining(deadline));
  }

  private static Duration remaining(long deadlineNanos) {
    return Duration.ofNanos(Math.max(0, deadlineNanos - System.nanoTime()));
  }

  /**
   * What this node knows now.
   *
   * @throws WireException {@link WireError#CLOSING}
   */
  public DhtStatus status() throws WireException, InterruptedException {
    return loop.inspect(
        core -> {
          long now = loop.nowMillis();
          List<DhtStatus.PeerView> peers =
              core.peers(now).stream()
                  .map(
                      peer ->
                          new DhtStatus.PeerView(
                              peer.record(),
                              peer.liveness(),
                              Duration.ofMillis(Math.max(0, now - peer.lastSeenMillis()))))
                  .toList();
          return new DhtStatus(self, joined.isDone(), peers, core.values().size());
        });
  }

  /**
   * The values that this node keeps.
   *
   * @throws WireException {@link WireError#CLOSING}
   */
  public List<Value> values() throws WireException, InterruptedException {
    return loop.inspect(Kademlia::values);
  }

  @Override
  public List<NodeRecord> candidates(Key256 key, Duration timeout) throws InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    await(settled, timeout);
    PeersView known = view;
    if (known.records().size() < config.k() && !known.records().isEmpty()) {
      return closest(key, known.records());
    }
    List<NodeRecord> nodes = fromMemory(key);
    if (nodes != null) {
      return nodes;
    }
    // Many keys of one region often miss together: those that waited look again before they search.
    if (!filling.tryAcquire(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS)) {
      return closest(key, known.records());
    }
    try {
      nodes = fromMemory(key);
      return nodes != null ? nodes : lookUp(key, remaining(deadline));
    } finally {
      filling.release();
    }
  }

  private @Nullable List<NodeRecord> fromMemory(Key256 key) {
    Neighbourhoods.Known known = neighbourhoods.find(key, EXPIRED_MILLIS, loop.nowMillis());
    if (known == null) {
      return null;
    }
    if (known.ageMillis() > STALE_MILLIS && refreshing.tryAcquire()) {
      var unused = Thread.ofVirtual().name("dht-refresh").start(() -> refresh(key));
    }
    return closest(key, known.nodes());
  }

  private void refresh(Key256 key) {
    try {
      lookUp(key, REFRESH_TIMEOUT);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } finally {
      refreshing.release();
    }
  }

  @Override
  public List<NodeRecord> lookUp(Key256 key, Duration timeout) throws InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    await(settled, timeout);
    int width = Math.min(config.k() * WIDTH, Request.MAX_NODES);
    try {
      LookupResult result = loop.lookUp(key, width, remaining(deadline));
      neighbourhoods.learn(result, width, config.client() ? null : self, loop.nowMillis());
      List<NodeRecord> found = new ArrayList<>(result.closest());
      result.down().forEach(node -> found.add(node.record()));
      return closest(key, found);
    } catch (WireException e) {
      LOG.debug("a lookup of {} failed; what is known is used", key, e);
      return closest(key, List.of());
    }
  }

  /**
   * The closest storing nodes of these and of the table, those that are down for less than the
   * grace time included.
   */
  private List<NodeRecord> closest(Key256 key, Collection<NodeRecord> nodes) {
    Map<NodeId, NodeRecord> merged = new HashMap<>();
    nodes.forEach(node -> merged.put(node.id(), node));
    view.records().forEach(node -> merged.merge(node.id(), node, DhtNode::newer));
    return merged.values().stream()
        .filter(node -> node.has(NodeRole.STORES_BLOCKS))
        .sorted((a, b) -> key.compareDistance(a.id().key(), b.id().key()))
        .limit(config.k())
        .toList();
  }

  private static NodeRecord newer(NodeRecord a, NodeRecord b) {
    return a.version() > b.version() ? a : b;
  }

  /**
   * Where a node is, whatever it offers; also one that is down for less than the grace time.
   *
   * @param timeout how long to look for a node that is not in the routing table
   */
  public Optional<NodeRecord> find(NodeId node, Duration timeout) throws InterruptedException {
    PeerStatus known = view.find(node);
    if (known != null) {
      return Optional.of(known.record());
    }
    try {
      LookupResult result = loop.lookUp(node.key(), config.k(), timeout);
      Stream<NodeRecord> down = result.down().stream().map(RememberedNode::record);
      return Stream.concat(result.closest().stream(), down)
          .filter(found -> found.id().equals(node))
          .findFirst();
    } catch (WireException e) {
      LOG.debug("a lookup of node {} failed", node, e);
      return Optional.empty();
    }
  }

  @Override
  public Collection<NodeRecord> known() {
    return view.records();
  }

  @Override
  public boolean isUp(NodeId node) {
    PeerStatus status = view.find(node);
    return status != null ? status.liveness() == Liveness.UP : neighbourhoods.isUp(node);
  }

  @Override
  public void suspect(NodeId node) {
    neighbourhoods.suspect(node, loop.nowMillis());
    loop.offer(new Input.Suspect(node));
  }

  /** Stops, and saves the address book. The transport stays open. */
  @Override
  public void close() {
    Remembered last = null;
    try {
      last = loop.inspect(core -> BookKeeper.contents(core, loop.nowMillis()));
    } catch (WireException e) {
      LOG.debug("closed before", e);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    loop.close();
    if (last != null) {
      keeper.saveLast(last);
    }
  }

  /** What the core wants done; on the loop's thread. */
  private final class CoreEffects implements CoreLoop.Effects {

    @Override
    public void perform(Output output) {
      switch (output) {
        case Output.Send send -> client.send(send, config.client() ? null : self);
        case Output.Joined _ -> {
          joined.complete(true);
          settled.complete(true);
        }
        case Output.Up(NodeRecord node) -> {
          LOG.info("{} is up", node);
          options.listener().up(node);
        }
        case Output.Changed(NodeRecord node) -> options.listener().changed(node);
        case Output.Down(NodeId node) -> {
          LOG.info("{} is down", node);
          options.listener().down(node);
        }
        case Output.Forgotten(NodeId node) -> {
          LOG.info("{} left", node);
          options.listener().forgotten(node);
        }
        case Output.Keep _ -> keeper.valuesChanged();
        case Output.SelfOutdated(long version) -> exceed(version);
        case Output.Answer _,
            Output.LookupDone _,
            Output.ReadDone _,
            Output.WriteDone _,
            Output.Refused _ ->
            throw new IllegalStateException("the loop completes " + output);
      }
    }

    @Override
    public void stepped(Kademlia core, long nowMillis) {
      NodeRecord now = self;
      if (core.revision() != viewRevision || now.version() != viewSelf.version()) {
        viewRevision = core.revision();
        viewSelf = now;
        view = new PeersView(config.client() ? null : now, core.peers(nowMillis));
      }
      keeper.stepped(core, nowMillis);
    }
  }
}
