package io.cairnfs.node.cell;

import com.google.protobuf.ByteString;
import io.cairnfs.dht.Locator;
import io.cairnfs.node.head.HeadEngine;
import io.cairnfs.node.head.Hosted;
import io.cairnfs.node.head.HostedHeads;
import io.cairnfs.node.worker.Worker;
import io.cairnfs.protocol.cell.CellId;
import io.cairnfs.protocol.head.Delta;
import io.cairnfs.protocol.head.DeltaMessages;
import io.cairnfs.protocol.head.Founding;
import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.head.HeadMessages;
import io.cairnfs.protocol.head.HeadMethods;
import io.cairnfs.protocol.head.SessionId;
import io.cairnfs.protocol.head.VolumeId;
import io.cairnfs.protocol.head.message.AdoptOpen;
import io.cairnfs.protocol.head.message.AdoptRequest;
import io.cairnfs.protocol.head.message.AdoptRuns;
import io.cairnfs.protocol.head.message.AdoptState;
import io.cairnfs.protocol.head.message.Command;
import io.cairnfs.protocol.head.message.DeltaRun;
import io.cairnfs.protocol.head.message.FoundingRecord;
import io.cairnfs.protocol.head.message.ReleaseRequest;
import io.cairnfs.protocol.head.message.VolumeSnapshot;
import io.cairnfs.protocol.transport.Envelope;
import io.cairnfs.protocol.transport.Transport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the volumes that are sealed here to the cells that they go to, on the voter that leads. It
 * begins from what the log says, so that it goes on wherever a crash has ended it.
 */
public final class VolumeMover implements Worker {

  private static final Logger LOG = LoggerFactory.getLogger(VolumeMover.class);

  /** Mounts wait while a volume is sealed. */
  private static final Duration INTERVAL = Duration.ofMillis(200);

  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private static final int PART_BYTES = 1 << 20;

  private final HostedHeads heads;
  private final CellCalls calls;
  private final CellDirectory directory;
  private final AtomicLong moved = new AtomicLong();

  private VolumeMover(HostedHeads heads, CellCalls calls, CellDirectory directory) {
    this.heads = heads;
    this.calls = calls;
    this.directory = directory;
  }

  /** Registers what moves are asked for by, before the transport listens. */
  public static VolumeMover open(
      Transport transport, Locator locator, CellDirectory directory, HostedHeads heads) {
    CellCalls calls = new CellCalls(transport, locator, directory);
    new MoveService(heads, calls).register(transport);
    return new VolumeMover(heads, calls, directory);
  }

  @Override
  public String name() {
    return "moves";
  }

  @Override
  public String progress() {
    return moved + " volumes moved";
  }

  @Override
  public Duration work() throws HeadException, InterruptedException {
    HeadException failure = null;
    for (Hosted hosted : heads.all()) {
      HeadEngine engine = hosted.heads().engine();
      if (engine.leads()) {
        for (FoundingRecord to : engine.peek(machine -> machine.leaving())) {
          try {
            move(engine, to);
          } catch (HeadException e) {
            failure = e; // the others go on
          }
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
    return INTERVAL;
  }

  private void move(HeadEngine engine, FoundingRecord to)
      throws HeadException, InterruptedException {
    Founding destination = HeadMessages.decode(to);
    VolumeId volume = destination.volume();
    CellId cell = destination.cell();
    if (cell == null) {
      return; // nothing that a seal takes
    }
    VolumeSnapshot state = engine.read(machine -> machine.sealedState(volume), TIMEOUT);
    AdoptRequest begin = MoveService.begin(state.getFounding(), to);
    adopt(cell, begin, null);
    bringState(cell, begin, state.toByteString());
    bringDeltas(engine, cell, begin, state);
    adopt(cell, begin.toBuilder().setOpen(AdoptOpen.getDefaultInstance()).build(), null);
    ReleaseRequest release =
        ReleaseRequest.newBuilder().setVolume(to.getVolume()).setMove(to.getMove()).build();
    MoveService.execute(engine, Command.newBuilder().setRelease(release), new byte[0], TIMEOUT);
    moved.incrementAndGet();
    LOG.info("volume {} has moved to cell {}", volume, cell);
    if (!directory.publish(destination, TIMEOUT)) {
      LOG.warn("where volume {} is now is not in the DHT yet; its voters tell", volume);
    }
  }

  private void adopt(CellId cell, AdoptRequest request, byte @Nullable [] bodies)
      throws HeadException, InterruptedException {
    List<byte[]> raw = bodies == null ? List.of() : List.of(bodies);
    calls.call(cell, HeadMethods.ADOPT, new Envelope<>(request, raw), TIMEOUT);
  }

  private void bringState(CellId cell, AdoptRequest begin, ByteString state)
      throws HeadException, InterruptedException {
    for (int offset = 0; offset < state.size(); offset += PART_BYTES) {
      ByteString part = state.substring(offset, Math.min(state.size(), offset + PART_BYTES));
      AdoptState step = AdoptState.newBuilder().setOffset(offset).setPart(part).build();
      adopt(cell, begin.toBuilder().setState(step).build(), null);
    }
  }

  private void bringDeltas(HeadEngine engine, CellId cell, AdoptRequest begin, VolumeSnapshot state)
      throws HeadException, InterruptedException {
    VolumeId volume = HeadMessages.decodeVolume(state.getFounding().getVolume());
    long after = state.getState().getRootSequence();
    while (after < state.getState().getSequence()) {
      List<Delta> deltas = engine.deltas(volume, after, TIMEOUT);
      AdoptRequest request = begin.toBuilder().setRuns(runs(deltas)).build();
      adopt(cell, request, DeltaMessages.joinBodies(deltas).getFirst());
      after = deltas.getLast().sequence();
    }
  }

  /** Deltas as runs of a session each, whose bodies follow each other. */
  private static AdoptRuns runs(List<Delta> deltas) {
    List<DeltaRun.Builder> runs = new ArrayList<>();
    SessionId session = null;
    int offset = 0;
    for (Delta delta : deltas) {
      if (!delta.session().equals(session)) {
        session = delta.session();
        runs.add(
            DeltaRun.newBuilder()
                .setOffset(offset)
                .setFirstSequence(delta.sequence())
                .setSession(HeadMessages.encode(session)));
      }
      DeltaRun.Builder run = runs.getLast();
      run.addBodyLength(delta.body().length);
      run.setChains(run.getChains().concat(HeadMessages.encode(delta.chain())));
      offset += delta.body().length;
    }
    return AdoptRuns.newBuilder()
        .addAllRun(runs.stream().map(DeltaRun.Builder::build).toList())
        .build();
  }
}
