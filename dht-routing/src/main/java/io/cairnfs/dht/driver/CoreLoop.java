package io.cairnfs.dht.driver;

import io.cairnfs.dht.core.DhtConfig;
import io.cairnfs.dht.core.Input;
import io.cairnfs.dht.core.Kademlia;
import io.cairnfs.dht.core.LookupResult;
import io.cairnfs.dht.core.Output;
import io.cairnfs.dht.core.Request;
import io.cairnfs.dht.core.Response;
import io.cairnfs.dht.core.Value;
import io.cairnfs.dht.record.NodeRecord;
import io.cairnfs.protocol.identity.Key256;
import io.cairnfs.protocol.transport.WireError;
import io.cairnfs.protocol.transport.WireException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a core on one thread with a clock: takes inputs from any thread, and hands outputs on. What
 * is asked of it ends in a future, by {@link WireError#CLOSING} if it is closed before.
 */
final class CoreLoop implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(CoreLoop.class);

  /** Takes the outputs that answer nobody here. Called on the loop's thread. */
  interface Effects {
    void perform(Output output);

    /** After every step, and before its outputs are performed. */
    void stepped(Kademlia core, long nowMillis);
  }

  private final Kademlia core;
  private final Effects effects;
  private final long originNanos = System.nanoTime();
  private final AtomicLong nextNumber = new AtomicLong(1);
  private final Map<Long, CompletableFuture<Object>> pending = new ConcurrentHashMap<>();
  private final ScheduledThreadPoolExecutor thread;

  CoreLoop(Kademlia core, Effects effects) {
    this.core = core;
    this.effects = effects;
    this.thread =
        new ScheduledThreadPoolExecutor(1, Thread.ofPlatform().daemon().name("dht").factory());
    thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  void start(DhtConfig config) {
    long tick = config.tickMillis();
    var unused =
        thread.scheduleWithFixedDelay(() -> step(new Input.Tick()), 0, tick, TimeUnit.MILLISECONDS);
  }

  /** Milliseconds since this loop was made: the core's clock. */
  long nowMillis() {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - originNanos);
  }

  /** Feeds an input; dropped once closed. */
  void offer(Input input) {
    try {
      thread.execute(() -> step(input));
    } catch (RejectedExecutionException e) {
      LOG.trace("closed: {} is dropped", input, e);
    }
  }

  private void step(Input input) {
    long now = nowMillis();
    try {
      List<Output> outputs = core.advance(input, now);
      effects.stepped(core, now);
      outputs.forEach(this::handle);
    } catch (RuntimeException e) {
      // A fault in one step must not stop the ticks of all later ones.
      LOG.error("a step of the DHT failed: {}", input, e);
    }
  }

  private void handle(Output output) {
    switch (output) {
      case Output.Answer(long token, Response response) -> complete(token, response);
      case Output.LookupDone(long operation, LookupResult result) -> complete(operation, result);
      case Output.ReadDone done -> complete(done.operation(), done);
      case Output.WriteDone done -> complete(done.operation(), done);
      case Output.Refused(long operation) -> {
        CompletableFuture<Object> future = pending.remove(operation);
        if (future != null) {
          future.completeExceptionally(
              new WireException(WireError.BUSY, "too many DHT operations are in progress"));
        }
      }
      case Output.Send _,
          Output.Joined _,
          Output.Up _,
          Output.Changed _,
          Output.Down _,
          Output.Forgotten _,
          Output.Keep _,
          Output.SelfOutdated _ ->
          effects.perform(output);
    }
  }

  private void complete(long number, Object result) {
    CompletableFuture<Object> future = pending.remove(number);
    if (future != null) {
      future.complete(result);
    }
  }

  Response ask(@Nullable NodeRecord sender, Request request, Duration timeout)
      throws WireException, InterruptedException {
    return await(Response.class, token -> new Input.Asked(token, sender, request), timeout);
  }

  LookupResult lookUp(Key256 target, int width, Duration timeout)
      throws WireException, InterruptedException {
    return await(
        LookupResult.class, operation -> new Input.StartLookup(operation, target, width), timeout);
  }

  Output.ReadDone read(Key256 key, Duration timeout) throws WireException, InterruptedException {
    return await(Output.ReadDone.class, operation -> new Input.StartRead(operation, key), timeout);
  }

  Output.WriteDone write(Value value, Duration timeout) throws WireException, InterruptedException {
    return await(
        Output.WriteDone.class, operation -> new Input.StartWrite(operation, value), timeout);
  }

  /** Looks at the core on its thread. */
  <T> T inspect(Function<Kademlia, T> question) throws WireException, InterruptedException {
    try {
      return thread.submit(() -> question.apply(core)).get();
    } catch (RejectedExecutionException e) {
      throw closing();
    } catch (ExecutionException e) {
      throw new IllegalStateException("the DHT cannot be inspected", e.getCause());
    }
  }

  private <T> T await(Class<T> type, Function<Long, Input> input, Duration timeout)
      throws WireException, InterruptedException {
    long number = nextNumber.getAndIncrement();
    CompletableFuture<Object> future = new CompletableFuture<>();
    pending.put(number, future);
    if (thread.isShutdown()) {
      pending.remove(number);
      throw closing();
    }
    offer(input.apply(number));
    try {
      return type.cast(future.get(timeout.toNanos(), TimeUnit.NANOSECONDS));
    } catch (TimeoutException e) {
      throw new WireException(
          WireError.TIMEOUT, "the DHT took longer than " + timeout.toMillis() + " ms", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof WireException wire) {
        throw wire;
      }
      throw new IllegalStateException("a DHT operation failed", e.getCause());
    } finally {
      pending.remove(number);
    }
  }

  /** Stops the thread, after the step that it is in. */
  @Override
  public void close() {
    thread.shutdownNow();
    pending.values().forEach(future -> future.completeExceptionally(closing()));
  }

  static WireException closing() {
    return new WireException(WireError.CLOSING, "the DHT is closed");
  }
}
