package io.cairnfs.client.block;

import io.cairnfs.client.block.Replicas.Replica;
import io.cairnfs.protocol.block.Block;
import io.cairnfs.protocol.transport.WireError;
import io.cairnfs.protocol.transport.WireException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Sends some blocks to one node, on a virtual thread of its own. May outlive the put that started
 * it, for the replicas beyond the write-acks; the memory that it then holds is bounded.
 */
final class PutTask {

  private final Replica node;
  private final List<Block> blocks;
  private final int bytes;
  private final Thread thread;
  private boolean done;
  private @Nullable Semaphore lingering;

  /**
   * Starts it.
   *
   * @param onAnswer gets this task and the node's failure, null for success; called on the task's
   *     thread
   */
  PutTask(
      NodeBlocks nodes,
      Replica node,
      List<Block> blocks,
      Duration timeout,
      BiConsumer<PutTask, @Nullable WireError> onAnswer) {
    this.node = node;
    this.blocks = blocks;
    this.bytes = blocks.stream().mapToInt(block -> block.bytes().length).sum();
    this.thread =
        Thread.ofVirtual()
            .name("cairn-put")
            .unstarted(
                () -> {
                  onAnswer.accept(this, send(nodes, timeout));
                  end();
                });
  }

  void start() {
    thread.start();
  }

  Replica node() {
    return node;
  }

  private @Nullable WireError send(NodeBlocks nodes, Duration timeout) {
    try {
      nodes.put(node.peer(), blocks, timeout);
      return null;
    } catch (WireException e) {
      return e.error();
    } catch (InterruptedException e) {
      return WireError.BUSY; // given up by us: says nothing about the node
    } catch (RuntimeException e) {
      return WireError.INTERNAL;
    }
  }

  private synchronized void end() {
    done = true;
    if (lingering != null) {
      lingering.release(bytes);
    }
  }

  void cancel() {
    thread.interrupt();
  }

  /** The bytes that it holds if it still runs, else 0. */
  synchronized int heldBytes() {
    return done ? 0 : bytes;
  }

  /** Lets it run on; the permits, as many as its bytes, are given back when it ends. */
  synchronized void linger(Semaphore permits) {
    if (done) {
      permits.release(bytes);
    } else {
      lingering = permits;
    }
  }
}
