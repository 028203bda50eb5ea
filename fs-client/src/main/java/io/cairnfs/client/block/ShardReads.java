package io.cairnfs.client.block;

import io.cairnfs.client.block.BlockException.Reason;
import io.cairnfs.client.block.Replicas.Replica;
import io.cairnfs.client.wait.Deadline;
import io.cairnfs.protocol.block.Block;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.erasure.Shard;
import io.cairnfs.protocol.erasure.Stripe;
import io.cairnfs.protocol.ipld.CborException;
import io.cairnfs.protocol.transport.Peer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Reads blocks that are parts of stripes: from the node that has the shard, else by making it from
 * others. Thread-safe.
 */
final class ShardReads {

  /** As long as an answer of so many bytes takes no time to transfer. */
  private static final int BRIEF_BYTES = 128 << 10;

  /** Descriptions of stripes that are kept: some hundred bytes each. */
  private static final int MAX_STRIPES = 1024;

  /** Shards that were made from others and are kept, since their neighbours are often read next. */
  private static final int MAX_REBUILT = 4;

  private final NodeBlocks nodes;
  private final ShardNodes places;
  private final NodeHealth health;
  private final PlacementSettings settings;
  private final BlockCounters counters;
  private final Descriptions descriptions;
  private final Map<Cid, Stripe> stripes = new LinkedHashMap<>(16, 0.75f, true);
  private final Map<Cid, byte[]> rebuilt = new LinkedHashMap<>(16, 0.75f, true);

  /** Reads blocks that describe stripes. */
  @FunctionalInterface
  interface Descriptions {
    byte[] get(Cid stripe) throws BlockException, InterruptedException;
  }

  ShardReads(
      NodeBlocks nodes,
      Replicas replicas,
      NodeHealth health,
      PlacementSettings settings,
      BlockCounters counters,
      Descriptions descriptions) {
    this.nodes = nodes;
    this.places = new ShardNodes(replicas);
    this.health = health;
    this.settings = settings;
    this.counters = counters;
    this.descriptions = descriptions;
  }

  /**
   * A part of a shard.
   *
   * @throws BlockException if neither its node nor enough of the others answer in time
   */
  byte[] get(Chunk chunk, Shard shard) throws BlockException, InterruptedException {
    byte[] sealed = kept(shard.cid());
    if (sealed != null) {
      return cut(chunk, sealed);
    }
    List<Replica> order =
        places.order(shard.stripe(), shard.index(), shard.cid(), settings.readTimeout());
    List<Replica> answering = order.stream().filter(n -> !health.isAvoided(n.id())).toList();
    byte[] bytes =
        read(shard.cid(), answering, chunk.length(), (peer, t) -> nodes.get(peer, chunk, t));
    if (bytes != null) {
      return bytes;
    }
    try {
      return cut(chunk, rebuild(shard));
    } catch (BlockException e) {
      // What was received from elsewhere is replicated by its own name.
      Set<Replica> others = new LinkedHashSet<>(order);
      others.addAll(places.byOwnKey(shard.cid(), settings.readTimeout()));
      answering.forEach(others::remove);
      bytes =
          read(
              shard.cid(),
              List.copyOf(others),
              chunk.length(),
              (peer, t) -> nodes.get(peer, chunk, t));
      if (bytes == null) {
        throw e;
      }
      return bytes;
    }
  }

  private byte @Nullable [] read(
      Cid shard, List<Replica> candidates, int length, ReplicaRead.Question question)
      throws InterruptedException {
    AtomicReference<@Nullable Peer> giver = new AtomicReference<>();
    ReplicaRead read =
        new ReplicaRead(
            (peer, timeout) -> {
              byte[] bytes = question.ask(peer, timeout);
              giver.set(peer);
              return bytes;
            },
            health,
            settings,
            counters);
    byte[] bytes = length <= BRIEF_BYTES ? read.askBriefly(candidates) : read.ask(candidates);
    Peer from = giver.get();
    if (bytes == null) {
      places.forget(shard);
    } else {
      candidates.stream()
          .filter(node -> node.peer().equals(from))
          .findFirst()
          .ifPresent(node -> places.foundAt(shard, node));
    }
    return bytes;
  }

  private static byte[] cut(Chunk chunk, byte[] sealed) throws BlockException {
    int end = chunk.offset() + chunk.length();
    if (end <= sealed.length) {
      byte[] bytes = Arrays.copyOfRange(sealed, chunk.offset(), end);
      if (chunk.cid().matches(bytes)) {
        return bytes;
      }
    }
    throw new BlockException(Reason.NOT_FOUND, "shard " + chunk.block() + " has no such " + chunk);
  }

  private byte[] rebuild(Shard shard) throws BlockException, InterruptedException {
    Stripe stripe = stripe(shard.stripe());
    Map<Integer, byte[]> others = gather(shard, stripe);
    if (others.size() < stripe.data().size()) {
      throw new BlockException(
          Reason.UNAVAILABLE,
          "shard "
              + shard.index()
              + " of stripe "
              + shard.stripe()
              + " is missing, and only "
              + others.size()
              + " of "
              + stripe.data().size()
              + " others could be read");
    }
    try {
      Block made = stripe.rebuild(shard.index(), others);
      counters.rebuilt.increment();
      keep(made);
      return made.bytes();
    } catch (IllegalArgumentException e) {
      throw new BlockException(Reason.NOT_FOUND, "stripe " + shard.stripe() + " is damaged", e);
    }
  }

  private Stripe stripe(Cid descriptor) throws BlockException, InterruptedException {
    synchronized (stripes) {
      Stripe known = stripes.get(descriptor);
      if (known != null) {
        return known;
      }
    }
    try {
      Stripe read = Stripe.decode(descriptions.get(descriptor));
      synchronized (stripes) {
        stripes.put(descriptor, read);
        dropEldest(stripes, MAX_STRIPES);
      }
      return read;
    } catch (CborException e) {
      throw new BlockException(Reason.NOT_FOUND, descriptor + " describes no stripe", e);
    }
  }

  private byte @Nullable [] kept(Cid shard) {
    synchronized (rebuilt) {
      return rebuilt.get(shard);
    }
  }

  private void keep(Block shard) {
    synchronized (rebuilt) {
      rebuilt.put(shard.cid(), shard.bytes());
      dropEldest(rebuilt, MAX_REBUILT);
    }
  }

  private static <V> void dropEldest(Map<Cid, V> map, int most) {
    if (map.size() > most) {
      map.remove(map.keySet().iterator().next());
    }
  }

  /** Reads as many other shards as are needed, at once; another one for each that fails. */
  private Map<Integer, byte[]> gather(Shard wanted, Stripe stripe)
      throws BlockException, InterruptedException {
    Deque<Integer> left = new ArrayDeque<>();
    for (int i = 0; i < stripe.shards().size(); i++) {
      if (i != wanted.index()) {
        left.add(i);
      }
    }
    Map<Integer, byte[]> got = new HashMap<>();
    List<FutureTask<Boolean>> readers = new ArrayList<>();
    Duration time = Deadline.remaining();
    for (int i = 0; i < stripe.data().size(); i++) {
      Callable<Boolean> one = () -> Deadline.await(time, () -> readNext(wanted, stripe, left, got));
      FutureTask<Boolean> reader = new FutureTask<>(one);
      readers.add(reader);
      Thread.ofVirtual().name("cairn-shard").start(reader);
    }
    try {
      for (FutureTask<Boolean> reader : readers) {
        reader.get(Deadline.remaining().toNanos(), TimeUnit.NANOSECONDS);
      }
    } catch (ExecutionException e) {
      throw new BlockException(Reason.UNAVAILABLE, "shards could not be read: " + e.getCause(), e);
    } catch (TimeoutException e) {
      throw new BlockException(Reason.UNAVAILABLE, "shards did not come in time", e);
    } finally {
      readers.forEach(reader -> reader.cancel(true));
    }
    synchronized (left) {
      return new HashMap<>(got);
    }
  }

  /** Reads the next shard that can be read. */
  private boolean readNext(
      Shard wanted, Stripe stripe, Deque<Integer> left, Map<Integer, byte[]> got)
      throws InterruptedException {
    while (true) {
      Integer next;
      synchronized (left) {
        next = left.poll();
      }
      if (next == null) {
        return false;
      }
      Cid shard = stripe.shards().get(next);
      List<Replica> order =
          places.order(wanted.stripe(), next, shard, settings.readTimeout()).stream()
              .filter(node -> !health.isAvoided(node.id()))
              .toList();
      byte[] sealed =
          read(
              shard,
              order,
              stripe.payloadLength(next),
              (Peer peer, Duration timeout) -> nodes.get(peer, shard, timeout));
      if (sealed != null) {
        synchronized (left) {
          got.put(next, sealed);
        }
        return true;
      }
    }
  }
}
