package io.cairnfs.client.tidy;

import io.cairnfs.client.block.BlockException;
import io.cairnfs.client.namespace.NamespaceException;
import io.cairnfs.client.wait.BackgroundLoop;
import io.cairnfs.client.wait.Deadline;
import io.cairnfs.protocol.head.Usage;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets a {@link Tidier} work within its budget, on one thread: after each step it sleeps for as
 * long as the budget wants. Says in the log what was done.
 */
public final class TidyWorker implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(TidyWorker.class);
  private static final Duration IDLE = Duration.ofSeconds(1);
  private static final Duration AFTER_FAILURE = Duration.ofSeconds(10);

  private final Tidier tidier;
  private final TouchedFiles touched;
  private final TidySettings settings;
  private final Supplier<Usage> usage;
  private final Duration timeout;
  private final BackgroundLoop loop;
  private long nextWalkNanos;
  private @Nullable Mark walked;
  private long loggedBytes;

  /** What changes when a program has written or removed something. */
  private record Mark(Usage usage, long stores) {}

  /**
   * @param usage of the volume
   * @param timeout bounds a step
   */
  public TidyWorker(
      Tidier tidier,
      TouchedFiles touched,
      TidySettings settings,
      Supplier<Usage> usage,
      Duration timeout) {
    this.tidier = tidier;
    this.touched = touched;
    this.settings = settings;
    this.usage = usage;
    this.timeout = timeout;
    this.loop = new BackgroundLoop("cairn-tidy", this::workOnce);
  }

  /** Begins, unless the budget is nothing. */
  public void start() {
    if (settings.bytesPerSecond() > 0) {
      nextWalkNanos = System.nanoTime() + settings.quiet().toNanos();
      loop.start(Duration.ZERO);
    }
  }

  @SuppressWarnings("CatchingUnchecked") // one fault must not end it for the life of the mount
  private Duration workOnce() throws InterruptedException {
    try {
      Tidier.Step step = Deadline.<Tidier.Step, Exception>await(timeout, this::step);
      report(step);
      return step.kind() == Tidier.Kind.IDLE
          ? IDLE
          : BackgroundLoop.pause(step.bytes(), settings.bytesPerSecond());
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception e) {
      LOG.debug("Tidying failed and goes on later", e);
      return AFTER_FAILURE;
    }
  }

  private Tidier.Step step() throws NamespaceException, BlockException, InterruptedException {
    Mark now = new Mark(usage.get(), touched.stores());
    boolean mayWalk = System.nanoTime() - nextWalkNanos >= 0 && !Objects.equals(now, walked);
    Tidier.Step step = tidier.step(mayWalk);
    if (step.kind() == Tidier.Kind.WALKED) {
      walked = now;
      nextWalkNanos = System.nanoTime() + settings.scanPause().toNanos();
    }
    return step;
  }

  private void report(Tidier.Step step) {
    long bytes = tidier.defragmentedBytes() + tidier.gatheredBytes();
    if (step.kind() != Tidier.Kind.WORKED && bytes != loggedBytes) {
      loggedBytes = bytes;
      LOG.info(
          "tidied so far: {} bytes of files in many pieces, {} bytes out of blocks of little use;"
              + " programs were faster {} times",
          tidier.defragmentedBytes(),
          tidier.gatheredBytes(),
          tidier.lostRaces());
    }
  }

  /** Stops in the middle of what it does, which harms nothing, and waits until it has stopped. */
  @Override
  public void close() {
    loop.close();
  }
}
