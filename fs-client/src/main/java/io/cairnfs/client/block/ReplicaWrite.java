package io.cairnfs.client.block;

import io.cairnfs.client.block.Replicas.Replica;
import io.cairnfs.client.wait.Deadline;
import io.cairnfs.protocol.block.Block;
import io.cairnfs.protocol.block.BlockLimits;
import io.cairnfs.protocol.transport.WireError;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One put of some blocks: sends each to its designated replicas in parallel, to the next candidates
 * where those fail or are slow, and is done when each block has its write-acks. Used by one thread.
 */
final class ReplicaWrite {

  private final NodeBlocks nodes;
  private final NodeHealth health;
  private final PlacementSettings settings;
  private final BlockCounters counters;

  private final List<Progress> blocks = new ArrayList<>();
  private final Map<PutTask, Request> running = new HashMap<>();
  private final BlockingQueue<Answer> answers = new LinkedBlockingQueue<>();
  private boolean noSpace;

  ReplicaWrite(
      NodeBlocks nodes, NodeHealth health, PlacementSettings settings, BlockCounters counters) {
    this.nodes = nodes;
    this.health = health;
    this.settings = settings;
    this.counters = counters;
  }

  /** How far one block is. */
  private static final class Progress {
    final Block block;
    final List<Replica> designated;

    /** Candidates that were not sent to yet. */
    final List<Replica> healthy = new ArrayList<>();

    final List<Replica> avoided = new ArrayList<>();
    int acks;

    /** Requests without an answer yet. */
    int unanswered;

    /** Those of them that others were sent in place of; their answers still count. */
    int late;

    Progress(Block block, List<Replica> designated) {
      this.block = block;
      this.designated = designated;
    }

    /** Replicas that it has or will have, if all goes well. */
    int expected() {
      return acks + unanswered - late;
    }
  }

  /** Blocks on their way to one node. */
  private static final class Request {
    final List<Progress> blocks;
    boolean late;

    Request(List<Progress> blocks) {
      this.blocks = blocks;
    }
  }

  /** What came of a request: null is success. */
  private record Answer(PutTask task, @Nullable WireError failure) {}

  /** Adds a block with its candidates, in order. */
  void add(Block block, List<Replica> order) {
    List<Replica> writable = order.stream().filter(Replica::writable).toList();
    int replicas = Math.min(settings.replication(), writable.size());
    Progress progress = new Progress(block, writable.subList(0, replicas));
    for (Replica replica : writable) {
      (health.isAvoided(replica.id()) ? progress.avoided : progress.healthy).add(replica);
    }
    blocks.add(progress);
  }

  /**
   * Sends the blocks and waits for their write-acks. What is still on its way to further replicas
   * then goes on.
   *
   * @param lingering bounds the bytes that do
   * @throws BlockException if a block cannot reach its write-acks before the current deadline
   */
  void run(Semaphore lingering) throws BlockException, InterruptedException {
    boolean complete = false;
    try {
      launch();
      while (blocks.stream().anyMatch(block -> block.acks < settings.writeAcks())) {
        long patience = Math.min(settings.writeHedge().toNanos(), Deadline.remaining().toNanos());
        Answer answer = answers.poll(patience, TimeUnit.NANOSECONDS);
        if (answer != null) {
          take(answer);
        } else if (Deadline.remaining().isZero()) {
          throw failure("too few nodes stored blocks in time");
        } else {
          hedge();
        }
        launch();
      }
      complete = true;
    } finally {
      if (!complete) {
        running.keySet().forEach(PutTask::cancel);
      }
    }
    letGo(lingering);
  }

  private void take(Answer answer) {
    Request request = running.remove(answer.task());
    if (request == null) {
      throw new IllegalStateException("answered twice");
    }
    noSpace |= answer.failure() == WireError.NO_SPACE;
    for (Progress block : request.blocks) {
      block.unanswered--;
      block.late -= request.late ? 1 : 0;
      block.acks += answer.failure() == null ? 1 : 0;
    }
  }

  /** Holds the nodes that keep us waiting for suspects, so that others get their blocks too. */
  private void hedge() {
    running.forEach(
        (task, request) -> {
          boolean waitedFor =
              request.blocks.stream().anyMatch(block -> block.acks < settings.writeAcks());
          if (waitedFor && !request.late) {
            request.late = true;
            request.blocks.forEach(block -> block.late++);
            health.tooSlow(task.node().id());
            counters.hedges.increment();
          }
        });
  }

  /**
   * Sends each block to as many nodes as it lacks: healthy ones up to the replication; those to
   * avoid only as far as the write-acks need them.
   */
  private void launch() throws BlockException {
    Map<Replica, List<Progress>> byNode = new LinkedHashMap<>();
    for (Progress block : blocks) {
      while (block.expected() < settings.replication() && !block.healthy.isEmpty()) {
        assign(block, block.healthy.removeFirst(), byNode);
      }
      while (block.expected() < settings.writeAcks() && !block.avoided.isEmpty()) {
        assign(block, block.avoided.removeFirst(), byNode);
      }
      if (block.acks + block.unanswered < settings.writeAcks()) {
        throw failure("too few nodes take block " + block.block.cid());
      }
    }
    byNode.forEach(this::send);
  }

  private void assign(Progress block, Replica node, Map<Replica, List<Progress>> byNode) {
    block.unanswered++;
    if (!block.designated.contains(node)) {
      counters.substitutes.increment();
    }
    byNode.computeIfAbsent(node, key -> new ArrayList<>()).add(block);
  }

  /** Sends blocks to a node, in as many requests as the limits want. */
  private void send(Replica node, List<Progress> all) {
    List<Progress> batch = new ArrayList<>();
    long bytes = 0;
    for (Progress block : all) {
      int length = block.block.bytes().length;
      boolean full =
          bytes + length > BlockLimits.MAX_BATCH_BYTES
              || batch.size() == BlockLimits.MAX_BATCH_BLOCKS;
      if (full && !batch.isEmpty()) {
        start(node, batch);
        batch = new ArrayList<>();
        bytes = 0;
      }
      batch.add(block);
      bytes += length;
    }
    start(node, batch);
  }

  private void start(Replica node, List<Progress> batch) {
    List<Block> bodies = batch.stream().map(progress -> progress.block).toList();
    PutTask task = new PutTask(nodes, node, bodies, settings.writeTimeout(), this::answered);
    running.put(task, new Request(batch));
    task.start();
  }

  /** On the task's thread, which may be after the put has returned. */
  private void answered(PutTask task, @Nullable WireError failure) {
    if (failure == null) {
      health.answered(task.node().id());
    } else {
      health.failed(task.node().id(), failure);
    }
    answers.add(new Answer(task, failure));
  }

  /**
   * Lets what still runs go on as far as memory allows; gives up what exceeds that, for repair to
   * make good.
   */
  private void letGo(Semaphore lingering) throws InterruptedException {
    for (PutTask task : running.keySet()) {
      int bytes = task.heldBytes();
      if (bytes == 0) {
        continue;
      }
      if (lingering.tryAcquire(bytes, settings.readHedge().toNanos(), TimeUnit.NANOSECONDS)) {
        task.linger(lingering);
      } else {
        counters.givenUpReplicas.increment();
        task.cancel();
      }
    }
  }

  private BlockException failure(String message) {
    return new BlockException(
        noSpace ? BlockException.Reason.NO_SPACE : BlockException.Reason.UNAVAILABLE, message);
  }
}
