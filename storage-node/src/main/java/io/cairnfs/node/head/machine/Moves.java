package io.cairnfs.node.head.machine;

import com.google.protobuf.ByteString;
import io.cairnfs.protocol.head.FoundingSignature;
import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.head.HeadException.Reason;
import io.cairnfs.protocol.head.HeadLimits;
import io.cairnfs.protocol.head.HeadMessages;
import io.cairnfs.protocol.head.Moved;
import io.cairnfs.protocol.head.VolumeId;
import io.cairnfs.protocol.head.message.AdoptRequest;
import io.cairnfs.protocol.head.message.FoundingRecord;
import io.cairnfs.protocol.head.message.RecoverRequest;
import io.cairnfs.protocol.head.message.ReleaseRequest;
import io.cairnfs.protocol.head.message.VolumeSnapshot;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * The volumes of a cell that come from other cells, and go to others. A volume that goes is sealed
 * first, for ever; only then is its state brought to the other cell, which opens it when it has all
 * of it; only then is it released here. So at no time two cells execute requests of one volume, and
 * each step can be repeated after a crash.
 */
final class Moves {

  /**
   * A volume that was hosted here.
   *
   * @param bodies the first number of bodies after those that it had here
   */
  private record Gone(FoundingRecord destination, long bodies) {}

  /** Those that are hosted here, sealed ones included; shared with the machine. */
  private final Map<ByteString, VolumeHead> volumes;

  private final Map<ByteString, Adoption> coming = new LinkedHashMap<>();
  private final Map<ByteString, Gone> gone = new LinkedHashMap<>();
  private final Set<ByteString> sealed = new LinkedHashSet<>();

  Moves(Map<ByteString, VolumeHead> volumes) {
    this.volumes = volumes;
  }

  /**
   * @throws HeadException {@code MOVED} if the volume does not take requests here (any more)
   */
  void requireOpen(ByteString id) throws HeadException {
    Gone to = gone.get(id);
    if (to != null && !volumes.containsKey(id)) {
      throw Moved.gone(to.destination());
    }
    if (sealed.contains(id) || (coming.containsKey(id) && !volumes.containsKey(id))) {
      throw Moved.onItsWay();
    }
  }

  Residence residence(ByteString id) {
    if (sealed.contains(id)) {
      return Residence.LEAVING;
    }
    if (volumes.containsKey(id)) {
      return Residence.HERE;
    }
    return coming.containsKey(id) || gone.containsKey(id) ? Residence.ELSEWHERE : Residence.UNKNOWN;
  }

  /** How often a volume that is hosted here, or about to be, has moved. */
  long moveOf(ByteString id) {
    VolumeHead here = volumes.get(id);
    if (here != null) {
      return here.record().getMove();
    }
    Adoption adoption = coming.get(id);
    return adoption == null ? 0 : adoption.destination().getMove();
  }

  /** How many volumes count as hosted here. */
  int size() {
    return volumes.size() + coming.size();
  }

  void seal(FoundingRecord to) throws HeadException {
    if (isGone(to)) {
      return;
    }
    VolumeHead volume = requireHere(to.getVolume());
    volume.seal(to);
    sealed.add(to.getVolume());
  }

  /** As {@link HeadMachine#originOf}. */
  Optional<FoundingRecord> originOf(FoundingRecord to) throws HeadException {
    if (isGone(to)) {
      return Optional.empty();
    }
    VolumeHead volume = requireHere(to.getVolume());
    volume.requireNextMove(to);
    return sealed.contains(to.getVolume()) ? Optional.empty() : Optional.of(volume.record());
  }

  private boolean isGone(FoundingRecord to) {
    Gone before = gone.get(to.getVolume());
    return before != null && before.destination().equals(to);
  }

  private VolumeHead requireHere(ByteString id) throws HeadException {
    VolumeHead volume = volumes.get(id);
    if (volume == null) {
      requireOpen(id);
      throw new HeadException(Reason.UNKNOWN_VOLUME, "no such volume here");
    }
    return volume;
  }

  /** The volumes that are sealed, and where they go. */
  List<FoundingRecord> leaving() {
    return sealed.stream()
        .map(id -> Objects.requireNonNull(volumes.get(id)).destination())
        .filter(Objects::nonNull)
        .toList();
  }

  void release(ReleaseRequest request, long index) {
    VolumeHead volume = volumes.get(request.getVolume());
    if (volume == null || !sealed.contains(request.getVolume())) {
      return;
    }
    FoundingRecord to = volume.destination();
    if (to != null && to.getMove() == request.getMove()) {
      volumes.remove(request.getVolume());
      sealed.remove(request.getVolume());
      long bodies = BodyIndex.of(volume.record().getMove(), index + 1);
      gone.put(request.getVolume(), new Gone(to, bodies));
    }
  }

  void adopt(AdoptRequest request, long index, long nowMillis) throws HeadException {
    FoundingRecord destination = request.getDestination();
    ByteString id = destination.getVolume();
    VolumeHead here = volumes.get(id);
    Gone before = gone.get(id);
    if ((here != null && here.record().getMove() >= destination.getMove())
        || (before != null && before.destination().getMove() >= destination.getMove())) {
      return; // it came before
    }
    if (request.hasBegin()) {
      begin(request, here != null);
      return;
    }
    Adoption adoption = coming.get(id);
    if (adoption == null) {
      throw new HeadException(Reason.OVERTAKEN, "no attempt to bring the volume has begun");
    }
    adoption.require(request);
    switch (request.getStepCase()) {
      case STATE -> adoption.add(request.getState());
      case RUNS ->
          adoption.add(request.getRuns().getRunList(), BodyIndex.of(destination.getMove(), index));
      case OPEN -> {
        VolumeHead volume = adoption.open(nowMillis);
        coming.remove(id);
        gone.remove(id);
        volumes.put(id, volume);
      }
      case BEGIN, STEP_NOT_SET ->
          throw new HeadException(Reason.REFUSED, "no such step of a move is known here");
    }
  }

  private void begin(AdoptRequest request, boolean hosted) throws HeadException {
    FoundingRecord destination = request.getDestination();
    ByteString id = destination.getVolume();
    if (hosted) {
      throw new HeadException(Reason.REFUSED, "the volume is hosted here, and not sealed");
    }
    if (!FoundingSignature.verify(HeadMessages.decode(destination))) {
      throw new HeadException(Reason.REFUSED, "the move is not signed by the volume's key");
    }
    if (!coming.containsKey(id) && size() >= HeadLimits.MAX_VOLUMES) {
      throw new HeadException(Reason.REFUSED, "this cell hosts no more volumes");
    }
    coming.put(id, new Adoption(destination, request.getAttempt()));
  }

  /** Founds a volume again, in the place of whatever is here of it from earlier epochs. */
  void recover(RecoverRequest request) throws HeadException {
    FoundingRecord record = request.getFounding();
    ByteString id = record.getVolume();
    VolumeHead here = volumes.get(id);
    if (here != null && here.record().equals(record)) {
      return; // a repeated request
    }
    requireLater(record);
    FoundingRules.check(request);
    if (here == null && !coming.containsKey(id) && size() >= HeadLimits.MAX_VOLUMES) {
      throw new HeadException(Reason.REFUSED, "this cell hosts no more volumes");
    }
    forget(id);
    volumes.put(id, VolumeHead.recover(record, request.getHead()));
  }

  /**
   * Lets go of a volume that its owner has founded again elsewhere; who asks for it is told where.
   */
  void retire(FoundingRecord record, long index) throws HeadException {
    ByteString id = record.getVolume();
    VolumeHead here = volumes.get(id);
    if (here == null || here.record().getEpoch() >= record.getEpoch()) {
      return; // a repeated request
    }
    FoundingRules.check(record);
    long bodies = BodyIndex.of(here.record().getMove(), index + 1);
    forget(id);
    gone.put(id, new Gone(record, bodies));
  }

  private void requireLater(FoundingRecord record) throws HeadException {
    VolumeHead here = volumes.get(record.getVolume());
    Gone before = gone.get(record.getVolume());
    long epoch = here != null ? here.record().getEpoch() : -1;
    if (before != null) {
      epoch = Math.max(epoch, before.destination().getEpoch());
    }
    if (epoch >= record.getEpoch()) {
      throw new HeadException(Reason.EXISTS, "the volume was founded in epoch " + epoch);
    }
  }

  private void forget(ByteString id) {
    volumes.remove(id);
    sealed.remove(id);
    coming.remove(id);
    gone.remove(id);
  }

  /** Adds to {@link HeadMachine#oldestBodies}. */
  void oldestBodies(Map<VolumeId, Long> to, long next) {
    gone.forEach((id, one) -> to.putIfAbsent(HeadMessages.decodeVolume(id), one.bodies()));
    coming.forEach(
        (id, adoption) ->
            to.put(
                HeadMessages.decodeVolume(id),
                Math.min(
                    adoption.oldestIndex(), BodyIndex.of(adoption.destination().getMove(), next))));
  }

  /** The records of those that are not hosted here. */
  List<VolumeSnapshot> save() {
    List<VolumeSnapshot> saved = new ArrayList<>();
    coming.values().forEach(adoption -> saved.add(adoption.save()));
    gone.forEach(
        (id, one) ->
            saved.add(
                VolumeSnapshot.newBuilder()
                    .setFounding(one.destination())
                    .setDestination(one.destination())
                    .setGoneBodies(one.bodies())
                    .build()));
    return saved;
  }

  /** Takes what {@link #save} gave, or a hosted volume. */
  void load(VolumeSnapshot from) {
    ByteString id = from.getFounding().getVolume();
    if (from.hasAdoption()) {
      coming.put(id, Adoption.load(from.getAdoption()));
    } else if (from.getGoneBodies() != 0) {
      gone.put(id, new Gone(from.getDestination(), from.getGoneBodies()));
    } else {
      volumes.put(id, VolumeHead.load(from));
      if (from.hasDestination()) {
        sealed.add(id);
      }
    }
  }
}
