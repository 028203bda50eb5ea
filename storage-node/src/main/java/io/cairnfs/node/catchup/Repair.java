package io.cairnfs.node.catchup;

import io.cairnfs.dht.record.NodeRecord;
import io.cairnfs.node.store.BlockStat;
import io.cairnfs.node.store.BlockStore;
import io.cairnfs.node.store.PutOptions;
import io.cairnfs.node.store.StoreException;
import io.cairnfs.node.worker.Worker;
import io.cairnfs.protocol.block.Block;
import io.cairnfs.protocol.identity.Key256;
import io.cairnfs.protocol.identity.NodeId;
import io.cairnfs.protocol.transport.WireException;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gets blocks that are damaged or missing here from whoever has them, candidate by candidate. */
final class Repair implements Worker {

  private static final Logger log = LoggerFactory.getLogger(Repair.class);

  private static final int BATCH = 64;
  private static final Duration WHEN_WHOLE = Duration.ofSeconds(2);
  private static final Duration WHEN_NOBODY_HELPS = Duration.ofSeconds(15);

  private final BlockStore store;
  private final DesignatedReplicas replicas;
  private final NodeId self;
  private final BlockFetcher fetcher;
  private final MissingBlocks missing;
  private final AtomicLong repaired = new AtomicLong();

  Repair(
      BlockStore store,
      DesignatedReplicas replicas,
      NodeId self,
      BlockFetcher fetcher,
      MissingBlocks missing) {
    this.store = store;
    this.replicas = replicas;
    this.self = self;
    this.fetcher = fetcher;
    this.missing = missing;
  }

  @Override
  public String name() {
    return "repair";
  }

  @Override
  public String progress() {
    return repaired.get() + " blocks repaired since the start";
  }

  @Override
  public Duration work() throws StoreException, InterruptedException {
    Set<Key256> wanted = new LinkedHashSet<>(store.quarantined(BATCH));
    wanted.addAll(missing.some(BATCH));
    boolean allRepaired = true;
    for (Key256 digest : wanted) {
      allRepaired &= repair(digest);
    }
    return allRepaired ? WHEN_WHOLE : WHEN_NOBODY_HELPS;
  }

  private boolean repair(Key256 digest) throws StoreException, InterruptedException {
    BlockStat stat = store.stat(digest);
    int replication = stat == null ? missing.replicationOf(digest) : stat.replication();
    for (NodeRecord node : replicas.order(digest)) {
      if (!node.id().equals(self) && replicas.isUp(node.id()) && fetch(node, digest, replication)) {
        missing.remove(digest);
        repaired.incrementAndGet();
        log.info("Repaired {} from {}", digest, node.id());
        return true;
      }
    }
    return false;
  }

  private boolean fetch(NodeRecord node, Key256 digest, int replication)
      throws StoreException, InterruptedException {
    try {
      List<Block> blocks = fetcher.fetch(node.peer(), List.of(digest)).blocks();
      if (blocks.isEmpty()) {
        return false;
      }
      store.put(blocks, new PutOptions(true, false, replication));
      return true;
    } catch (WireException e) {
      log.debug("{} cannot help with {}: {}", node.id(), digest, e.getMessage());
      return false;
    } catch (StoreException e) {
      if (e.reason() == StoreException.Reason.WRONG_HASH) {
        return false;
      }
      throw e;
    }
  }
}
