package io.cairnfs.node.head;

import io.cairnfs.protocol.head.ChainHash;
import io.cairnfs.protocol.head.Delta;
import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.head.HeadException.Reason;
import io.cairnfs.protocol.head.HeadLimits;
import io.cairnfs.protocol.head.HeadMessages;
import io.cairnfs.protocol.head.SessionId;
import io.cairnfs.protocol.head.VolumeId;
import io.cairnfs.protocol.head.message.DeltaRun;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Puts the deltas of a volume together from what the state knows of them and the bodies on disk.
 * Thread-safe.
 */
public final class DeltaReader implements AutoCloseable {

  /** Reads of bodies at a time: enough for a disk, and they come only when a mount begins. */
  private static final int READERS = 2;

  /** Looks at the state, as {@link HeadEngine#peek}. */
  @FunctionalInterface
  public interface State {
    <T> T peek(HeadEngine.Query<T> query) throws HeadException;
  }

  /** Where bodies rest, as {@link Journal#bodies}. */
  @FunctionalInterface
  public interface Bodies {
    byte @Nullable [] read(VolumeId volume, long index) throws IOException;
  }

  private final State state;
  private final Bodies journal;
  private final ExecutorService readers =
      Executors.newFixedThreadPool(READERS, Thread.ofPlatform().name("head-read-", 0).factory());

  public DeltaReader(State state, Bodies journal) {
    this.state = state;
    this.journal = journal;
  }

  /**
   * The deltas after a sequence, as many as fit a reply.
   *
   * @throws HeadException as {@link io.cairnfs.protocol.head.Head#deltas} says; {@code UNAVAILABLE}
   *     if they were not read in time or cannot be
   */
  public List<Delta> read(VolumeId volume, long after, Duration timeout)
      throws HeadException, InterruptedException {
    Future<List<Delta>> page;
    try {
      page = readers.submit(() -> read(volume, after));
    } catch (RejectedExecutionException e) {
      throw new HeadException(Reason.UNAVAILABLE, "the node is shutting down", e);
    }
    try {
      return page.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      page.cancel(false);
      throw new HeadException(Reason.UNAVAILABLE, "the deltas were not read in time", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof HeadException refusal) {
        throw new HeadException(refusal.reason(), String.valueOf(refusal.getMessage()), refusal);
      }
      throw new HeadException(
          Reason.UNAVAILABLE, "the deltas cannot be read: " + e.getMessage(), e);
    }
  }

  /** As above, on the calling thread. */
  List<Delta> read(VolumeId volume, long after) throws IOException {
    while (true) {
      List<DeltaRun> runs =
          state.peek(
              machine ->
                  machine.deltas(
                      volume, after, HeadLimits.MAX_BATCH_BYTES, HeadLimits.MAX_BATCH_COMMITS));
      Optional<List<Delta>> deltas = read(volume, after, runs);
      if (deltas.isPresent()) {
        return deltas.get();
      }
      // They were folded and dropped meanwhile, so that the state refuses or knows fewer runs the
      // next time.
    }
  }

  private Optional<List<Delta>> read(VolumeId volume, long after, List<DeltaRun> runs)
      throws IOException {
    List<Delta> deltas = new ArrayList<>();
    for (DeltaRun run : runs) {
      boolean empty = run.getBodyLengthList().stream().allMatch(length -> length == 0);
      byte[] bodies = empty ? new byte[0] : journal.read(volume, run.getLogIndex());
      if (bodies == null) {
        if (stillNeeded(volume, run)) {
          throw new JournalDamageException(
              "the heads' log is damaged: the bodies of command "
                  + run.getLogIndex()
                  + " are missing");
        }
        return Optional.empty();
      }
      SessionId session = HeadMessages.decodeSession(run.getSession());
      int offset = run.getOffset();
      for (int i = 0; i < run.getBodyLengthCount(); i++) {
        int end = offset + run.getBodyLength(i);
        long sequence = run.getFirstSequence() + i;
        if (sequence > after) {
          int hash = i * ChainHash.BYTES;
          deltas.add(
              new Delta(
                  sequence,
                  session,
                  empty ? bodies : Arrays.copyOfRange(bodies, offset, end),
                  HeadMessages.decodeChain(
                      run.getChains().substring(hash, hash + ChainHash.BYTES))));
        }
        offset = end;
      }
    }
    return Optional.of(deltas);
  }

  private boolean stillNeeded(VolumeId volume, DeltaRun run) throws HeadException {
    return state.peek(machine -> machine.rootSequence(volume) < run.getFirstSequence());
  }

  /** Waits for the reads under way. */
  @Override
  public void close() {
    readers.close();
  }
}
