package io.cairnfs.node.head.machine;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.head.HeadException.Reason;
import io.cairnfs.protocol.head.HeadLimits;
import io.cairnfs.protocol.head.message.AdoptRequest;
import io.cairnfs.protocol.head.message.AdoptState;
import io.cairnfs.protocol.head.message.AdoptionSnapshot;
import io.cairnfs.protocol.head.message.DeltaRun;
import io.cairnfs.protocol.head.message.FoundingRecord;
import io.cairnfs.protocol.head.message.VolumeSnapshot;
import java.util.ArrayList;
import java.util.List;

/**
 * A volume on its way to this cell: the parts of its sealed state that have come. Parts come in
 * order; one that comes again changes nothing.
 */
final class Adoption {

  private final FoundingRecord destination;
  private final ByteString attempt;
  private final List<DeltaRun> runs = new ArrayList<>();
  private ByteString state = ByteString.EMPTY;

  Adoption(FoundingRecord destination, ByteString attempt) {
    this.destination = destination;
    this.attempt = attempt;
  }

  FoundingRecord destination() {
    return destination;
  }

  /**
   * @throws HeadException {@code OVERTAKEN} if another attempt has begun since
   */
  void require(AdoptRequest request) throws HeadException {
    if (!request.getAttempt().equals(attempt) || !request.getDestination().equals(destination)) {
      throw new HeadException(Reason.OVERTAKEN, "another attempt to bring the volume has begun");
    }
  }

  void add(AdoptState part) throws HeadException {
    int end = part.getOffset() + part.getPart().size();
    if (end <= state.size()) {
      return;
    }
    if (part.getOffset() != state.size() || end > HeadLimits.MAX_MOVED_STATE_BYTES) {
      throw new HeadException(
          Reason.REFUSED, "a part of the state at " + part.getOffset() + " of " + state.size());
    }
    state = state.concat(part.getPart());
  }

  /**
   * @param index of the command whose bodies these are
   */
  void add(List<DeltaRun> newRuns, long index) throws HeadException {
    for (DeltaRun run : newRuns) {
      if (!runs.isEmpty() && last(run) <= last(runs.getLast())) {
        continue; // it came before
      }
      if (!runs.isEmpty() && run.getFirstSequence() != last(runs.getLast()) + 1) {
        throw new HeadException(
            Reason.REFUSED,
            "deltas from " + run.getFirstSequence() + " follow " + last(runs.getLast()));
      }
      runs.add(run.toBuilder().setLogIndex(index).build());
    }
  }

  private static long last(DeltaRun run) {
    return run.getFirstSequence() + run.getBodyLengthCount() - 1;
  }

  /**
   * The volume, once all parts are there.
   *
   * @throws HeadException {@code REFUSED} if some are missing
   */
  VolumeHead open(long nowMillis) throws HeadException {
    VolumeSnapshot whole;
    try {
      whole = VolumeSnapshot.parseFrom(state);
    } catch (InvalidProtocolBufferException e) {
      throw new HeadException(Reason.REFUSED, "the state is not whole", e);
    }
    long from = whole.getState().getRootSequence();
    long through = whole.getState().getSequence();
    boolean all =
        runs.isEmpty()
            ? from == through
            : runs.getFirst().getFirstSequence() == from + 1 && last(runs.getLast()) == through;
    if (!all) {
      throw new HeadException(Reason.REFUSED, "not all deltas up to " + through + " are here");
    }
    return VolumeHead.adopt(
        whole.toBuilder().setFounding(destination).clearRun().addAllRun(runs).build(), nowMillis);
  }

  /** As {@link History#oldestIndex}. */
  long oldestIndex() {
    return runs.isEmpty() ? Long.MAX_VALUE : runs.getFirst().getLogIndex();
  }

  VolumeSnapshot save() {
    return VolumeSnapshot.newBuilder()
        .setFounding(destination)
        .setAdoption(
            AdoptionSnapshot.newBuilder()
                .setDestination(destination)
                .setAttempt(attempt)
                .setState(state)
                .addAllRun(runs))
        .build();
  }

  static Adoption load(AdoptionSnapshot from) {
    Adoption adoption = new Adoption(from.getDestination(), from.getAttempt());
    adoption.state = from.getState();
    adoption.runs.addAll(from.getRunList());
    return adoption;
  }
}
