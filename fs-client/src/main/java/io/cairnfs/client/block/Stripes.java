package io.cairnfs.client.block;

import io.cairnfs.client.block.BlockException.Reason;
import io.cairnfs.client.block.Replicas.Replica;
import io.cairnfs.client.wait.Deadline;
import io.cairnfs.protocol.block.Block;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.erasure.Stripe;
import io.cairnfs.protocol.transport.WireError;
import io.cairnfs.protocol.transport.WireException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Stores stripes: each shard on a node of its own, the description as other blocks are. Reading
 * them is the {@link BlockClient}'s affair. Blocking: for virtual threads. Thread-safe.
 */
public final class Stripes {

  private final NodeBlocks shards;
  private final BlockClient descriptions;
  private final Replicas replicas;
  private final PlacementSettings settings;

  /**
   * @param shards stores as shards
   * @param descriptions stores, with their replicas, as descriptions of stripes
   */
  public Stripes(
      NodeBlocks shards, BlockClient descriptions, Replicas replicas, PlacementSettings settings) {
    this.shards = shards;
    this.descriptions = descriptions;
    this.replicas = replicas;
    this.settings = settings;
  }

  /** The sweep of the volume that what is stored from now on is claimed with at least. */
  public long claimEpoch() {
    return shards.claimEpoch();
  }

  /**
   * Stores a stripe. When this returns, all of its shards are durable, each on another node, and
   * its description has its write-acks.
   *
   * @throws BlockException if there are too few nodes, or one of them did not take its shard in
   *     time
   */
  public void put(Stripe.Made made) throws BlockException, InterruptedException {
    Cid name = made.descriptor().cid();
    List<Replica> takers =
        replicas.order(name.key(), false, settings.readTimeout()).stream()
            .filter(node -> node.writable() && replicas.isUp(node.id()))
            .toList();
    int wanted = made.shards().size();
    if (takers.size() < wanted) {
      throw new BlockException(
          Reason.UNAVAILABLE,
          "a stripe of "
              + made.stripe().erasure()
              + " needs "
              + wanted
              + " nodes that are up, and there are "
              + takers.size());
    }
    List<FutureTask<Boolean>> puts = new ArrayList<>();
    for (int i = 0; i < wanted; i++) {
      Replica node = takers.get(i);
      Block shard = made.shards().get(i);
      puts.add(
          new FutureTask<>(
              () -> {
                shards.put(node.peer(), List.of(shard), settings.writeTimeout());
                return true;
              }));
      Thread.ofVirtual().name("cairn-shard").start(puts.getLast());
    }
    await(puts);
    descriptions.put(List.of(made.descriptor()));
  }

  private static void await(List<FutureTask<Boolean>> puts)
      throws BlockException, InterruptedException {
    try {
      for (FutureTask<Boolean> put : puts) {
        put.get(Deadline.remaining().toNanos(), TimeUnit.NANOSECONDS);
      }
    } catch (ExecutionException e) {
      boolean full =
          e.getCause() instanceof WireException wire && wire.error() == WireError.NO_SPACE;
      throw new BlockException(
          full ? Reason.NO_SPACE : Reason.UNAVAILABLE,
          "a shard could not be stored: " + e.getCause(),
          e);
    } catch (TimeoutException e) {
      throw new BlockException(Reason.UNAVAILABLE, "a shard was not stored in time", e);
    } finally {
      puts.forEach(put -> put.cancel(true));
    }
  }

  /**
   * Claims a stripe wherever it is.
   *
   * @param name of its description
   * @return whether every shard and the description are held now
   */
  public boolean claim(Cid name, Stripe stripe) throws BlockException, InterruptedException {
    Set<Cid> missing = new HashSet<>(stripe.shards());
    for (Replica node : replicas.order(name.key(), false, settings.readTimeout())) {
      if (replicas.isUp(node.id())) {
        try {
          // All are asked for all: a shard that is on two nodes may lose either.
          missing.removeAll(shards.have(node.peer(), stripe.shards(), atMost()));
        } catch (WireException e) {
          replicas.suspect(node.id());
        }
      }
    }
    return missing.isEmpty() && descriptions.have(List.of(name)).contains(name);
  }

  private Duration atMost() {
    Duration left = Deadline.remaining();
    return left.compareTo(settings.readTimeout()) < 0 ? left : settings.readTimeout();
  }
}
