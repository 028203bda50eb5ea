package io.cairnfs.node.head.machine;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.head.HeadException.Reason;
import io.cairnfs.protocol.head.HeadLimits;
import io.cairnfs.protocol.head.HeadMessages;
import io.cairnfs.protocol.head.LockAnswer;
import io.cairnfs.protocol.head.LockMessages;
import io.cairnfs.protocol.head.SessionId;
import io.cairnfs.protocol.head.SnapshotList;
import io.cairnfs.protocol.head.SnapshotMessages;
import io.cairnfs.protocol.head.TreeOrigin;
import io.cairnfs.protocol.head.VolumeId;
import io.cairnfs.protocol.head.VolumeInfo;
import io.cairnfs.protocol.head.message.CellSnapshot;
import io.cairnfs.protocol.head.message.Command;
import io.cairnfs.protocol.head.message.DeltaRun;
import io.cairnfs.protocol.head.message.FoundingRecord;
import io.cairnfs.protocol.head.message.HeadRecord;
import io.cairnfs.protocol.head.message.LockCommand;
import io.cairnfs.protocol.head.message.VolumeSnapshot;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.function.Function;

/**
 * The heads of one cell as a replicated state machine: logged commands go in, results come out, and
 * the same log gives the same state on every voter and after every restart. Time is part of each
 * command. Not thread-safe; its driver applies commands one at a time, once each is durable.
 *
 * <p>Source of the shape: Schneider, "Implementing fault-tolerant services using the state machine
 * approach" (1990).
 */
public final class HeadMachine {

  private static final HeadResult DONE = new HeadResult.Done();

  private final Map<ByteString, VolumeHead> volumes = new LinkedHashMap<>();
  private final Moves moves = new Moves(volumes);
  private long index;
  private long nowMillis;

  /** The number of the last command that was applied; 0 before the first. */
  public long index() {
    return index;
  }

  /** The time of the last command: milliseconds during which the cell had a leader. */
  public long nowMillis() {
    return nowMillis;
  }

  /**
   * Applies the next command of the log.
   *
   * @param commandIndex its number, one more than the last
   * @param bodies the joined bodies of a commit, read but not kept; empty for other commands
   */
  public HeadResult apply(long commandIndex, Command command, byte[] bodies) {
    if (commandIndex != index + 1) {
      throw new IllegalStateException("command " + commandIndex + " follows " + index);
    }
    index = commandIndex;
    nowMillis = Math.max(nowMillis, command.getNowMillis());
    try {
      return execute(command, bodies);
    } catch (HeadException e) {
      return new HeadResult.Refused(e.reason(), String.valueOf(e.getMessage()));
    } catch (IllegalArgumentException e) {
      return new HeadResult.Refused(Reason.REFUSED, "not well formed: " + e.getMessage());
    }
  }

  private HeadResult execute(Command command, byte[] bodies) throws HeadException {
    return switch (command.getRequestCase()) {
      case TAKEOVER -> {
        volumes.values().forEach(volume -> volume.takeover(nowMillis));
        yield DONE;
      }
      case FOUND -> {
        found(command.getFound().getFounding(), VolumeHead::found);
        yield DONE;
      }
      case OPEN -> {
        var open = command.getOpen();
        var session = HeadMessages.decodeSession(open.getSession());
        yield new HeadResult.Opened(
            volume(open.getVolume()).open(session, open.getHolder(), open.getAlone(), nowMillis));
      }
      case RENEW -> {
        var renew = command.getRenew();
        yield new HeadResult.Renewed(
            volume(renew.getVolume())
                .renew(HeadMessages.decodeSession(renew.getSession()), nowMillis));
      }
      case SHARE -> {
        var share = command.getShare();
        volume(share.getVolume())
            .share(
                HeadMessages.decodeSession(share.getSession()),
                share.getChange(),
                share.getLockList().stream().map(LockMessages::decode).toList(),
                nowMillis);
        yield DONE;
      }
      case CLAIM -> {
        var claim = command.getClaim();
        yield new HeadResult.Claimed(
            volume(claim.getVolume())
                .claim(
                    HeadMessages.decodeSession(claim.getSession()),
                    claim.getChange(),
                    claim.getTaken(),
                    nowMillis));
      }
      case LOCK -> {
        var lock = command.getLock();
        yield new HeadResult.Locked(
            volume(lock.getVolume())
                .lock(
                    HeadMessages.decodeSession(lock.getSession()),
                    LockMessages.decode(lock),
                    nowMillis));
      }
      case CANCEL_LOCK -> {
        var cancel = command.getCancelLock();
        yield new HeadResult.Locked(
            volume(cancel.getVolume())
                .cancelLock(
                    HeadMessages.decodeSession(cancel.getSession()),
                    cancel.getNumber(),
                    nowMillis));
      }
      case OPEN_SWEEP -> {
        var open = command.getOpenSweep();
        yield new HeadResult.SweepOpened(
            volume(open.getVolume())
                .openSweep(HeadMessages.decodeSession(open.getSession()), nowMillis));
      }
      case CLOSE_SWEEP -> {
        var close = command.getCloseSweep();
        volume(close.getVolume())
            .closeSweep(
                HeadMessages.decodeSession(close.getSession()), close.getEpoch(), nowMillis);
        yield DONE;
      }
      case CLOSE -> {
        var close = command.getClose();
        volume(close.getVolume()).close(HeadMessages.decodeSession(close.getSession()));
        yield DONE;
      }
      case COMMIT -> {
        var commit = command.getCommit();
        yield new HeadResult.Outcomes(
            volume(commit.getVolume()).commit(index, commit, bodies, nowMillis));
      }
      case GRANT_INODES -> {
        var grant = command.getGrantInodes();
        yield new HeadResult.Granted(
            volume(grant.getVolume())
                .grantInodes(
                    HeadMessages.decodeSession(grant.getSession()), grant.getCount(), nowMillis));
      }
      case ACQUIRE_FOLD_TOKEN -> {
        var acquire = command.getAcquireFoldToken();
        yield new HeadResult.TokenAnswer(
            volume(acquire.getVolume())
                .acquireFoldToken(HeadMessages.decodeSession(acquire.getSession()), nowMillis));
      }
      case FOLD -> {
        volume(command.getFold().getVolume()).fold(command.getFold(), nowMillis);
        yield DONE;
      }
      case SET_QUOTA -> {
        var set = command.getSetQuota();
        volume(set.getVolume()).setQuota(HeadMessages.decode(set));
        yield DONE;
      }
      case CREATE_SNAPSHOT -> {
        var create = command.getCreateSnapshot();
        yield new HeadResult.SnapshotMade(
            volume(create.getVolume()).createSnapshot(SnapshotMessages.decode(create)));
      }
      case DELETE_SNAPSHOT -> {
        var delete = command.getDeleteSnapshot();
        volume(delete.getVolume()).deleteSnapshot(delete.getSerial());
        yield DONE;
      }
      case SET_SCHEDULE -> {
        var set = command.getSetSchedule();
        volume(set.getVolume()).setSchedule(SnapshotMessages.decode(set.getSchedule()));
        yield DONE;
      }
      case FOUND_ON -> {
        TreeOrigin origin = SnapshotMessages.decode(command.getFoundOn().getOrigin());
        found(command.getFoundOn().getFounding(), record -> VolumeHead.found(record, origin));
        yield DONE;
      }
      case SEIZE -> {
        var seize = command.getSeize();
        var session = HeadMessages.decodeSession(seize.getSession());
        yield new HeadResult.Opened(
            volume(seize.getVolume()).seize(session, seize.getHolder(), nowMillis));
      }
      case RESTORE -> {
        var restore = command.getRestore();
        volume(restore.getVolume())
            .restore(
                HeadMessages.decodeSession(restore.getSession()),
                restore.getExpectedSequence(),
                SnapshotMessages.decode(restore.getOrigin()),
                nowMillis);
        yield DONE;
      }
      case SEAL -> {
        moves.seal(command.getSeal().getDestination());
        yield DONE;
      }
      case ADOPT -> {
        moves.adopt(command.getAdopt(), index, nowMillis);
        yield DONE;
      }
      case RELEASE -> {
        moves.release(command.getRelease(), index);
        yield DONE;
      }
      case RECOVER -> {
        moves.recover(command.getRecover());
        yield DONE;
      }
      case RETIRE -> {
        moves.retire(command.getRetire().getFounding(), index);
        yield DONE;
      }
      case REQUEST_NOT_SET ->
          // Skipping it would make this voter's state differ from that of voters who know it.
          throw new IllegalStateException(
              "command " + index + " is of a kind that this version does not know");
    };
  }

  /** The volume that a command is about; empty for all of them. */
  public static Optional<ByteString> volumeOf(Command command) {
    ByteString volume =
        switch (command.getRequestCase()) {
          case FOUND -> command.getFound().getFounding().getVolume();
          case OPEN -> command.getOpen().getVolume();
          case RENEW -> command.getRenew().getVolume();
          case SHARE -> command.getShare().getVolume();
          case CLAIM -> command.getClaim().getVolume();
          case LOCK -> command.getLock().getVolume();
          case CANCEL_LOCK -> command.getCancelLock().getVolume();
          case CLOSE -> command.getClose().getVolume();
          case COMMIT -> command.getCommit().getVolume();
          case GRANT_INODES -> command.getGrantInodes().getVolume();
          case ACQUIRE_FOLD_TOKEN -> command.getAcquireFoldToken().getVolume();
          case FOLD -> command.getFold().getVolume();
          case SET_QUOTA -> command.getSetQuota().getVolume();
          case CREATE_SNAPSHOT -> command.getCreateSnapshot().getVolume();
          case DELETE_SNAPSHOT -> command.getDeleteSnapshot().getVolume();
          case SET_SCHEDULE -> command.getSetSchedule().getVolume();
          case FOUND_ON -> command.getFoundOn().getFounding().getVolume();
          case SEIZE -> command.getSeize().getVolume();
          case RESTORE -> command.getRestore().getVolume();
          case OPEN_SWEEP -> command.getOpenSweep().getVolume();
          case CLOSE_SWEEP -> command.getCloseSweep().getVolume();
          case SEAL -> command.getSeal().getDestination().getVolume();
          case ADOPT -> command.getAdopt().getDestination().getVolume();
          case RELEASE -> command.getRelease().getVolume();
          case RECOVER -> command.getRecover().getFounding().getVolume();
          case RETIRE -> command.getRetire().getFounding().getVolume();
          case TAKEOVER, REQUEST_NOT_SET -> ByteString.EMPTY;
        };
    return Optional.of(volume).filter(id -> id.size() == VolumeId.BYTES);
  }

  private void found(FoundingRecord record, Function<FoundingRecord, VolumeHead> founder)
      throws HeadException {
    moves.requireOpen(record.getVolume());
    VolumeHead existing = volumes.get(record.getVolume());
    if (existing != null) {
      if (!existing.record().equals(record)) {
        throw new HeadException(
            Reason.EXISTS, "the volume was founded already, with another record");
      }
      return;
    }
    FoundingRules.check(record);
    if (record.getMove() != 0) {
      throw new HeadException(Reason.REFUSED, "a volume that has moved was founded already");
    }
    if (moves.size() >= HeadLimits.MAX_VOLUMES) {
      throw new HeadException(Reason.REFUSED, "this cell hosts no more volumes");
    }
    volumes.put(record.getVolume(), founder.apply(record));
  }

  /** A volume that takes requests. */
  private VolumeHead volume(ByteString id) throws HeadException {
    moves.requireOpen(id);
    return known(id);
  }

  private VolumeHead known(ByteString id) throws HeadException {
    VolumeHead volume = volumes.get(id);
    if (volume == null) {
      throw new HeadException(Reason.UNKNOWN_VOLUME, "no such volume here");
    }
    return volume;
  }

  /** What the cell has of a volume. */
  public Residence residence(VolumeId id) {
    return moves.residence(HeadMessages.encode(id));
  }

  /** The records of the volumes that are sealed, with where they go. */
  public List<FoundingRecord> leaving() {
    return moves.leaving();
  }

  /**
   * The record of a volume that is about to move; empty if it is sealed for this move already, or
   * gone.
   *
   * @throws HeadException as a seal would be refused
   */
  public Optional<FoundingRecord> originOf(FoundingRecord to) throws HeadException {
    return moves.originOf(to);
  }

  /**
   * The state of a sealed volume, except for the deltas that are not folded.
   *
   * @throws HeadException {@code UNKNOWN_VOLUME}, also if it is not sealed
   */
  public VolumeSnapshot sealedState(VolumeId id) throws HeadException {
    if (residence(id) != Residence.LEAVING) {
      throw new HeadException(Reason.UNKNOWN_VOLUME, "no such volume is sealed here");
    }
    return known(HeadMessages.encode(id)).saveForMove();
  }

  /**
   * What a volume's head is, without sessions and without the deltas after its root.
   *
   * @throws HeadException {@code UNKNOWN_VOLUME}
   */
  public HeadRecord export(VolumeId id) throws HeadException {
    return volume(HeadMessages.encode(id)).export();
  }

  /** For each volume what its checkpoint follows. */
  public Map<VolumeId, CheckpointMark> checkpointMarks() {
    Map<VolumeId, CheckpointMark> marks = new HashMap<>();
    volumes.forEach(
        (id, volume) -> marks.put(HeadMessages.decodeVolume(id), volume.checkpointMark()));
    return marks;
  }

  /** How many volumes the cell hosts. */
  public int size() {
    return volumes.size();
  }

  /** The sessions of each volume that have not ended, whether their leases run or not. */
  public Map<VolumeId, List<SessionId>> sessions() {
    Map<VolumeId, List<SessionId>> sessions = new HashMap<>();
    volumes.forEach((id, volume) -> sessions.put(HeadMessages.decodeVolume(id), volume.sessions()));
    return sessions;
  }

  /**
   * @param atMillis the time of the cell now, at which a holder's lease may have lapsed without a
   *     command
   */
  public List<VolumeInfo> list(long atMillis) {
    return volumes.values().stream().map(volume -> volume.info(atMillis)).toList();
  }

  /**
   * The volumes after one in the order of their ids, as many as are asked for.
   *
   * @param after empty for the first
   * @param atMillis as in the other one
   */
  public List<VolumeInfo> list(ByteString after, int count, long atMillis) {
    Comparator<ByteString> bytewise = ByteString.unsignedLexicographicalComparator();
    // The greatest first: with many volumes it is the few that are wanted that are sorted.
    PriorityQueue<ByteString> first = new PriorityQueue<>(bytewise.reversed());
    for (ByteString id : volumes.keySet()) {
      if (bytewise.compare(id, after) > 0) {
        first.add(id);
        if (first.size() > count) {
          first.remove();
        }
      }
    }
    return first.stream()
        .sorted(bytewise)
        .map(id -> Objects.requireNonNull(volumes.get(id)).info(atMillis))
        .toList();
  }

  /**
   * @param atMillis as in {@link #list}
   * @throws HeadException {@code UNKNOWN_VOLUME}
   */
  public VolumeInfo info(VolumeId id, long atMillis) throws HeadException {
    return volume(HeadMessages.encode(id)).info(atMillis);
  }

  /**
   * Who shares a volume.
   *
   * @throws HeadException {@code UNKNOWN_VOLUME}
   */
  public Sharing sharing(VolumeId id) throws HeadException {
    return volume(HeadMessages.encode(id)).sharing();
  }

  /**
   * What is in the way of a lock, without taking it.
   *
   * @throws HeadException as {@link io.cairnfs.protocol.head.Head#lock} says
   */
  public LockAnswer testLock(LockCommand command) throws HeadException {
    return volume(command.getVolume())
        .testLock(HeadMessages.decodeSession(command.getSession()), LockMessages.decode(command));
  }

  /**
   * @throws HeadException {@code UNKNOWN_VOLUME}
   */
  public SnapshotList snapshots(VolumeId id) throws HeadException {
    return volume(HeadMessages.encode(id)).snapshots();
  }

  /**
   * The sessions of a volume whose leases run.
   *
   * @throws HeadException {@code UNKNOWN_VOLUME}
   */
  public List<SessionId> running(VolumeId id, long atMillis) throws HeadException {
    return volume(HeadMessages.encode(id)).running(atMillis);
  }

  /** The snapshots of each volume that has a schedule for them, and something to keep. */
  public Map<VolumeId, SnapshotList> scheduled() {
    Map<VolumeId, SnapshotList> scheduled = new HashMap<>();
    volumes.forEach(
        (id, volume) -> {
          if (volume.isScheduled()) {
            scheduled.put(HeadMessages.decodeVolume(id), volume.snapshots());
          }
        });
    return scheduled;
  }

  /**
   * Up to where the deltas of a volume are folded, sealed or not.
   *
   * @throws HeadException {@code UNKNOWN_VOLUME}
   */
  public long rootSequence(VolumeId id) throws HeadException {
    return known(HeadMessages.encode(id)).state().rootSequence();
  }

  /**
   * The runs that hold the deltas of a volume after a sequence, sealed or not, as many as have
   * {@code maxBytes} of bodies and {@code maxDeltas}, but at least one; the first may begin before
   * the sequence.
   *
   * @throws HeadException {@code UNKNOWN_VOLUME}; {@code REFUSED} if they are not kept
   */
  public List<DeltaRun> deltas(VolumeId id, long after, long maxBytes, int maxDeltas)
      throws HeadException {
    List<DeltaRun> page = new ArrayList<>();
    long bytes = 0;
    int deltas = 0;
    for (DeltaRun run : known(HeadMessages.encode(id)).deltas(after)) {
      for (int length : run.getBodyLengthList()) {
        bytes += length;
      }
      deltas += run.getBodyLengthCount();
      if (!page.isEmpty() && (bytes > maxBytes || deltas > maxDeltas)) {
        break;
      }
      page.add(run);
    }
    return page;
  }

  /**
   * For each volume the number of the oldest bodies that are needed, or one that is yet to come:
   * see {@link BodyIndex}.
   */
  public Map<VolumeId, Long> oldestBodies() {
    Map<VolumeId, Long> oldest = new HashMap<>();
    volumes.forEach(
        (id, volume) -> oldest.put(HeadMessages.decodeVolume(id), volume.oldestBody(index + 1)));
    moves.oldestBodies(oldest, index + 1);
    return oldest;
  }

  /**
   * Under which number the bodies of a command are to rest.
   *
   * @param command that brings them
   * @param commandIndex its number
   */
  public long bodyIndex(Command command, long commandIndex) {
    if (command.hasAdopt()) {
      return BodyIndex.of(command.getAdopt().getDestination().getMove(), commandIndex);
    }
    return BodyIndex.of(moves.moveOf(command.getCommit().getVolume()), commandIndex);
  }

  /** The whole state without bodies: what {@link #restore} takes. */
  public List<byte[]> snapshot() {
    List<VolumeSnapshot> moved = moves.save();
    List<byte[]> records = new ArrayList<>();
    MessageLite cell =
        CellSnapshot.newBuilder()
            .setIndex(index)
            .setNowMillis(nowMillis)
            .setVolumes(volumes.size() + moved.size())
            .build();
    records.add(cell.toByteArray());
    volumes.values().forEach(volume -> records.add(volume.save().toByteArray()));
    moved.forEach(volume -> records.add(volume.toByteArray()));
    return records;
  }

  /**
   * @throws InvalidProtocolBufferException if the records are not a snapshot
   */
  public static HeadMachine restore(List<byte[]> records) throws InvalidProtocolBufferException {
    if (records.isEmpty()) {
      throw new InvalidProtocolBufferException("an empty snapshot");
    }
    CellSnapshot cell = CellSnapshot.parseFrom(records.getFirst());
    if (cell.getVolumes() != records.size() - 1) {
      throw new InvalidProtocolBufferException(
          "a snapshot of " + cell.getVolumes() + " volumes has " + (records.size() - 1));
    }
    HeadMachine machine = new HeadMachine();
    machine.index = cell.getIndex();
    machine.nowMillis = cell.getNowMillis();
    for (byte[] record : records.subList(1, records.size())) {
      VolumeSnapshot volume = VolumeSnapshot.parseFrom(record);
      try {
        machine.moves.load(volume);
      } catch (IllegalArgumentException e) {
        throw new InvalidProtocolBufferException("a damaged snapshot: " + e.getMessage());
      }
    }
    return machine;
  }
}
