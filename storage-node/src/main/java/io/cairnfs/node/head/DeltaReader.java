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

  private static final byte[] NO_BODIES = new byte[0];

  /** Looks at the state, as {@link HeadEngine#peek}. */
  @FunctionalInterface
  public interface State {
    <T> T peek(HeadEngine.Query<T> query) throws HeadException;
  }

  /** Where bodies rest, as {@link Journal#bodies}. */
  @FunctionalInterface
  public interface Bodies {
    byte @Nullable [] read(VolumeId volume, long index) throws IOException;

    /** The same without waiting for a disk; null also if that would be necessary. */
    default byte @Nullable [] readFromMemory(VolumeId volume, long index) throws IOException {
      return null;
    }
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
    try {
      List<DeltaRun> runs = runs(volume, after);
      Optional<List<byte[]>> bodies = readFromMemory(volume, runs);
      if (bodies.isPresent()) {
        return deltas(runs, bodies.get(), after);
      }
    } catch (HeadException e) {
      throw e;
    } catch (IOException e) {
      throw unreadable(e);
    }
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
      throw unreadable(e);
    }
  }

  private static HeadException unreadable(Exception cause) {
    return new HeadException(
        Reason.UNAVAILABLE, "the deltas cannot be read: " + cause.getMessage(), cause);
  }

  private List<DeltaRun> runs(VolumeId volume, long after) throws HeadException {
    return state.peek(
        machine ->
            machine.deltas(
                volume, after, HeadLimits.MAX_BATCH_BYTES, HeadLimits.MAX_BATCH_COMMITS));
  }

  private Optional<List<byte[]>> readFromMemory(VolumeId volume, List<DeltaRun> runs)
      throws IOException {
    List<byte[]> all = new ArrayList<>();
    for (DeltaRun run : runs) {
      byte[] bodies = isEmpty(run) ? NO_BODIES : journal.readFromMemory(volume, run.getLogIndex());
      if (bodies == null) {
        return Optional.empty();
      }
      all.add(bodies);
    }
    return Optional.of(all);
  }

  /**
   * As {@link #read(VolumeId, long, Duration)}, on the calling thread, which waits for the disk.
   */
  List<Delta> read(VolumeId volume, long after) throws IOException {
    while (true) {
      List<DeltaRun> runs = runs(volume, after);
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
    List<byte[]> all = new ArrayList<>();
    for (DeltaRun run : runs) {
      byte[] bodies = isEmpty(run) ? NO_BODIES : journal.read(volume, run.getLogIndex());
      if (bodies == null) {
        if (stillNeeded(volume, run)) {
          throw new JournalDamageException(
              "the heads' log is damaged: the bodies of command "
                  + run.getLogIndex()
                  + " are missing");
        }
        return Optional.empty();
      }
      all.add(bodies);
    }
    return Optional.of(deltas(runs, all, after));
  }

  private static boolean isEmpty(DeltaRun run) {
    return run.getBodyLengthList().stream().allMatch(length -> length == 0);
  }

  /**
   * @param joined the bodies of each run, one after the other
   */
  private static List<Delta> deltas(List<DeltaRun> runs, List<byte[]> joined, long after) {
    List<Delta> deltas = new ArrayList<>();
    for (int r = 0; r < runs.size(); r++) {
      DeltaRun run = runs.get(r);
      byte[] bodies = joined.get(r);
      SessionId session = HeadMessages.decodeSession(run.getSession());
      int offset = bodies.length == 0 ? 0 : run.getOffset();
      for (int i = 0; i < run.getBodyLengthCount(); i++) {
        int end = offset + run.getBodyLength(i);
        long sequence = run.getFirstSequence() + i;
        if (sequence > after) {
          int hash = i * ChainHash.BYTES;
          deltas.add(
              new Delta(
                  sequence,
                  session,
                  Arrays.copyOfRange(bodies, offset, end),
                  HeadMessages.decodeChain(
                      run.getChains().substring(hash, hash + ChainHash.BYTES))));
        }
        offset = end;
      }
    }
    return deltas;
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
