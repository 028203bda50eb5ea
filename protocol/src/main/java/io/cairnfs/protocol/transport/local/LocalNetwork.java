package io.cairnfs.protocol.transport.local;

import io.cairnfs.protocol.identity.NodeId;
import io.cairnfs.protocol.transport.Transport;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Joins transports of one process by their identities: the in-process twin of the network, with the
 * same deadlines, cancellation, bounds and errors. Messages and bodies are passed by reference.
 * Thread-safe.
 */
public final class LocalNetwork implements AutoCloseable {

  private final ConcurrentMap<NodeId, LocalTransport> members = new ConcurrentHashMap<>();
  private final ScheduledThreadPoolExecutor deadlines;
  private volatile LinkRule rule = LinkRule.PERFECT;

  public LocalNetwork() {
    deadlines =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("local-deadlines").factory());
    deadlines.setRemoveOnCancelPolicy(true);
  }

  /**
   * Adds a member.
   *
   * @throws IllegalStateException if the identity is a member already
   */
  public Transport join(NodeId id) {
    LocalTransport transport = new LocalTransport(this, id);
    if (members.putIfAbsent(id, transport) != null) {
      throw new IllegalStateException(id + " is a member already");
    }
    return transport;
  }

  /** Disturbs requests that are made from now on. */
  public void setRule(LinkRule rule) {
    this.rule = rule;
  }

  LinkRule rule() {
    return rule;
  }

  @Nullable LocalTransport member(NodeId id) {
    return members.get(id);
  }

  void leave(LocalTransport member) {
    members.remove(member.self(), member);
  }

  ScheduledFuture<?> schedule(Runnable action, Duration delay) {
    return deadlines.schedule(action, delay.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Closes every member. */
  @Override
  public void close() {
    members.values().forEach(LocalTransport::close);
    deadlines.shutdownNow();
  }
}
