package io.cairnfs.node.head.machine;

import com.google.protobuf.ByteString;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.head.CommitOutcome;
import io.cairnfs.protocol.head.CommitResult;
import io.cairnfs.protocol.head.FoldToken;
import io.cairnfs.protocol.head.Founding;
import io.cairnfs.protocol.head.FoundingSignature;
import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.head.HeadException.Reason;
import io.cairnfs.protocol.head.HeadLimits;
import io.cairnfs.protocol.head.HeadMessages;
import io.cairnfs.protocol.head.HeadState;
import io.cairnfs.protocol.head.InodeRange;
import io.cairnfs.protocol.head.LockAnswer;
import io.cairnfs.protocol.head.LockRequest;
import io.cairnfs.protocol.head.NewSnapshot;
import io.cairnfs.protocol.head.RecoveryMessages;
import io.cairnfs.protocol.head.Renewal;
import io.cairnfs.protocol.head.SessionGrant;
import io.cairnfs.protocol.head.SessionId;
import io.cairnfs.protocol.head.SignedQuota;
import io.cairnfs.protocol.head.Snapshot;
import io.cairnfs.protocol.head.SnapshotList;
import io.cairnfs.protocol.head.SnapshotSchedule;
import io.cairnfs.protocol.head.TreeOrigin;
import io.cairnfs.protocol.head.VolumeInfo;
import io.cairnfs.protocol.head.VolumeLock;
import io.cairnfs.protocol.head.message.CommitRequest;
import io.cairnfs.protocol.head.message.DeltaRun;
import io.cairnfs.protocol.head.message.FoldRequest;
import io.cairnfs.protocol.head.message.FoundingRecord;
import io.cairnfs.protocol.head.message.HeadRecord;
import io.cairnfs.protocol.head.message.VolumeSnapshot;
import io.cairnfs.protocol.head.message.VolumeState;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The state of one volume's head and what each request does to it. A request that is refused
 * changes nothing, except that it may end sessions whose lease has lapsed, and that an opening may
 * ask the exclusive session to share.
 */
final class VolumeHead {

  /**
   * Inode 1 is the root directory, as FUSE has it; clients number the others from the ranges that
   * they are granted.
   */
  private static final long FIRST_GRANTED_INODE = 2;

  /** Stands in a history for a session where there was none. */
  private static final SessionId FOUNDER = new SessionId(new UUID(0, 0));

  /**
   * A volume that is founded again goes on so many numbers later: those between may have been
   * granted after what it was founded from.
   */
  static final long INODE_GAP = 1 << 20;

  /** A checkpoint is made at least when so many were granted, so that the gap is never used up. */
  static final long INODES_PER_CHECKPOINT = INODE_GAP / 4;

  /** More than any volume commits between two folds, so that no sequence comes again. */
  private static final long SEQUENCE_GAP = 1L << 32;

  /** More sweeps than any volume has between two folds. */
  private static final long SWEEP_GAP = 1 << 16;

  private final FoundingRecord record;
  private final Founding founding;
  private final Sessions sessions;
  private final History history;
  private final TokenWindow window;
  private final SnapshotSet snapshots;
  private final SweepState sweeps;
  private long nextInode;

  /** Where it is on its way to; null while it is open. */
  private @Nullable FoundingRecord destination;

  private VolumeHead(
      FoundingRecord record,
      Sessions sessions,
      History history,
      TokenWindow window,
      SnapshotSet snapshots,
      SweepState sweeps,
      long nextInode) {
    this.record = record;
    this.founding = HeadMessages.decode(record);
    this.sessions = sessions;
    this.history = history;
    this.window = window;
    this.snapshots = snapshots;
    this.sweeps = sweeps;
    this.nextInode = nextInode;
  }

  static VolumeHead found(FoundingRecord record) {
    History history = new History(HeadMessages.decodeVolume(record.getVolume()));
    return new VolumeHead(
        record,
        new Sessions(),
        history,
        new TokenWindow(),
        new SnapshotSet(),
        new SweepState(),
        FIRST_GRANTED_INODE);
  }

  /** A volume whose history begins with a tree that is there already. */
  static VolumeHead found(FoundingRecord record, TreeOrigin origin) {
    VolumeHead volume = found(record);
    volume.goOnFrom(origin, FOUNDER);
    return volume;
  }

  private void goOnFrom(TreeOrigin origin, SessionId by) {
    history.replace(origin, by);
    window.raiseFloor(history.sequence());
    nextInode = Math.max(nextInode, origin.nextInode());
  }

  /** A volume that was lost, and is founded again as it was kept. */
  static VolumeHead recover(FoundingRecord record, HeadRecord kept) throws HeadException {
    if (!RecoveryMessages.isComplete(kept)) {
      throw new HeadException(
          Reason.REFUSED, "the head is not complete: a tree is missing, or not all is folded");
    }
    VolumeState state = kept.getState();
    boolean neverMounted = state.getSequence() == 0;
    long sequence = neverMounted ? 0 : state.getSequence() + SEQUENCE_GAP;
    ByteString chain =
        neverMounted
            ? state.getChain()
            : HeadMessages.encode(
                HeadMessages.decodeChain(state.getChain())
                    .next(sequence, FOUNDER, state.getRoot().toByteArray()));
    VolumeSnapshot.Builder snapshot =
        VolumeSnapshot.newBuilder()
            .setFounding(record)
            .setState(
                state.toBuilder()
                    .setSequence(sequence)
                    .setRootSequence(sequence)
                    .setChain(chain)
                    .setRootChain(chain)
                    .setUnfoldedBytes(0)
                    .setSweep(state.getSweep() + SWEEP_GAP))
            .setNextInode(kept.getNextInode() + INODE_GAP)
            .setRootUsage(state.getUsage())
            .setWindowFloor(sequence)
            .addAllSnapshot(kept.getSnapshotList())
            .setLastSnapshotSerial(kept.getLastSnapshotSerial());
    if (kept.hasSchedule()) {
      snapshot.setSchedule(kept.getSchedule());
    }
    return load(snapshot.build());
  }

  /** What it is, without sessions and without the deltas after its root. */
  HeadRecord export() {
    VolumeSnapshot.Builder saved = VolumeSnapshot.newBuilder();
    snapshots.save(saved);
    HeadRecord.Builder head =
        HeadRecord.newBuilder()
            .setFounding(record)
            .setState(HeadMessages.encode(state()))
            .setNextInode(nextInode)
            .addAllSnapshot(saved.getSnapshotList())
            .setLastSnapshotSerial(saved.getLastSnapshotSerial())
            .setRootUsage(HeadMessages.encode(history.rootUsage()));
    if (saved.hasSchedule()) {
      head.setSchedule(saved.getSchedule());
    }
    return head.build();
  }

  CheckpointMark checkpointMark() {
    return new CheckpointMark(
        record.getEpoch(),
        state().rootSequence(),
        state().quotaVersion(),
        snapshots.changes(),
        nextInode / INODES_PER_CHECKPOINT);
  }

  FoundingRecord record() {
    return record;
  }

  HeadState state() {
    return history.state(sweeps.epoch());
  }

  VolumeInfo info(long nowMillis) {
    return new VolumeInfo(founding, state(), sessions.holders(nowMillis));
  }

  List<SessionId> running(long nowMillis) {
    return sessions.running(nowMillis);
  }

  List<SessionId> sessions() {
    return sessions.ids();
  }

  void takeover(long nowMillis) {
    sessions.renewAll(nowMillis);
  }

  SessionGrant open(SessionId id, String holder, boolean alone, long nowMillis)
      throws HeadException {
    requireShort(holder);
    return grant(sessions.open(id, holder, alone, history.quota(), history.sequence(), nowMillis));
  }

  private static void requireShort(String holder) throws HeadException {
    if (holder.getBytes(StandardCharsets.UTF_8).length > HeadLimits.MAX_NAME_BYTES) {
      throw new HeadException(Reason.REFUSED, "the holder's name is too long");
    }
  }

  private SessionGrant grant(Session session) {
    return new SessionGrant(HeadLimits.LEASE, session.mode().exclusive(), state());
  }

  Renewal renew(SessionId id, long nowMillis) throws HeadException {
    Session session = sessions.living(id, nowMillis);
    session.renew(nowMillis);
    return new Renewal(
        history.quota(), history.sequence(), session.mode().exclusive(), sweeps.epoch());
  }

  void share(SessionId id, long change, List<VolumeLock> locks, long nowMillis)
      throws HeadException {
    Session session = sessions.living(id, nowMillis);
    SessionMode mode = session.mode();
    if (mode.alone()) {
      throw new HeadException(Reason.REFUSED, "the session was opened alone");
    }
    if (!mode.isNew(change)) {
      return;
    }
    if (mode.exclusive()) {
      handOver(session, locks);
      mode.share(history.sequence());
    }
    mode.accept(change);
  }

  private void handOver(Session session, List<VolumeLock> locks) throws HeadException {
    boolean whole = false;
    try {
      for (VolumeLock lock : locks) {
        if (!lock.session().equals(session.id()) || sessions.locks().lock(lock).isPresent()) {
          throw new HeadException(
              Reason.REFUSED, "locks were handed over that the session cannot have had");
        }
      }
      whole = true;
    } finally {
      if (!whole) {
        sessions.locks().end(session.id());
      }
    }
  }

  LockAnswer lock(SessionId id, LockRequest request, long nowMillis) throws HeadException {
    return sharer(id, nowMillis).locks().execute(request, sessions.locks(), history.sequence());
  }

  LockAnswer cancelLock(SessionId id, long number, long nowMillis) throws HeadException {
    return sharer(id, nowMillis).locks().cancel(number, sessions.locks(), history.sequence());
  }

  /** What is in the way of a lock, which changes nothing. */
  LockAnswer testLock(SessionId id, LockRequest request) {
    return sessions
        .locks()
        .obstacle(LockRequests.wanted(id, request))
        .<LockAnswer>map(LockAnswer.Conflict::new)
        .orElse(new LockAnswer.Granted(history.sequence()));
  }

  private Session sharer(SessionId id, long nowMillis) throws HeadException {
    Session session = sessions.living(id, nowMillis);
    if (session.mode().exclusive()) {
      throw new HeadException(Reason.REFUSED, "the locks of an exclusive session are its own");
    }
    return session;
  }

  boolean claim(SessionId id, long change, long taken, long nowMillis) throws HeadException {
    Session session = sessions.living(id, nowMillis);
    SessionMode mode = session.mode();
    if (mode.accept(change) && sessions.isOnly(session) && taken == history.sequence()) {
      mode.claim();
      session.locks().leave();
      sessions.locks().end(id);
    }
    return mode.exclusive();
  }

  Sharing sharing() {
    return new Sharing(state(), sessions.members());
  }

  void setQuota(SignedQuota signed) throws HeadException {
    if (!signed.isGenuine()) {
      throw new HeadException(Reason.REFUSED, "the quota is not signed by its volume");
    }
    history.setQuota(signed.quota(), signed.version());
    sessions.raiseQuota(signed.quota());
  }

  void close(SessionId id) {
    sessions.end(id);
  }

  CommitResult commit(long index, CommitRequest request, byte[] bodies, long nowMillis)
      throws HeadException {
    Session session = sessions.living(HeadMessages.decodeSession(request.getSession()), nowMillis);
    long bodyIndex = BodyIndex.of(record.getMove(), index);
    CommitBatch batch =
        new CommitBatch(history, window, sweeps, session, bodyIndex, request, bodies);
    int repeated =
        session.repeated(
            request.getFirstRequest(), request.getCommitCount(), request.getAcknowledged());
    batch.admit(repeated);
    session.renew(nowMillis);
    session.acknowledge(request.getAcknowledged());
    List<CommitOutcome> outcomes =
        batch.resolve(session.stored(request.getFirstRequest(), repeated));
    return new CommitResult(outcomes, history.sequence());
  }

  /** The runs that hold the deltas after a sequence. */
  List<DeltaRun> deltas(long after) throws HeadException {
    return history.after(after);
  }

  /**
   * The number of the oldest bodies that are needed; that of a command that is yet to come for
   * none.
   */
  long oldestBody(long nextCommand) {
    return Math.min(history.oldestIndex(), BodyIndex.of(record.getMove(), nextCommand));
  }

  InodeRange grantInodes(SessionId id, int count, long nowMillis) throws HeadException {
    sessions.living(id, nowMillis);
    if (count < 1 || count > HeadLimits.MAX_INODE_GRANT) {
      throw new HeadException(
          Reason.REFUSED,
          "inodes are granted by 1 to " + HeadLimits.MAX_INODE_GRANT + ", not by " + count);
    }
    long first = nextInode;
    nextInode += count;
    return new InodeRange(first, nextInode);
  }

  FoldToken acquireFoldToken(SessionId id, long nowMillis) throws HeadException {
    boolean held = sessions.acquireFoldToken(sessions.living(id, nowMillis), nowMillis);
    return new FoldToken(held, snapshots.foldBound());
  }

  void fold(FoldRequest request, long nowMillis) throws HeadException {
    sessions.living(HeadMessages.decodeSession(request.getSession()), nowMillis);
    Cid newRoot = HeadMessages.decodeRoot(request.getNewRoot());
    if (newRoot == null) {
      throw new HeadException(Reason.REFUSED, "a fold has a new root");
    }
    long through = request.getThroughSequence();
    if (through > snapshots.foldBound()) {
      throw new HeadException(
          Reason.OVERTAKEN, "a snapshot is to be pinned at " + snapshots.foldBound() + " first");
    }
    sweeps.requireFresh(request.getClaimEpoch());
    history.fold(HeadMessages.decodeRoot(request.getExpectedRoot()), newRoot, through);
    snapshots.folded(through, newRoot);
  }

  long openSweep(SessionId id, long nowMillis) throws HeadException {
    sessions.living(id, nowMillis);
    return sweeps.open(id, other -> sessions.ids().contains(other));
  }

  void closeSweep(SessionId id, long epoch, long nowMillis) throws HeadException {
    sessions.living(id, nowMillis);
    sweeps.close(id, epoch);
  }

  Snapshot createSnapshot(NewSnapshot wanted) throws HeadException {
    return snapshots.create(wanted, state(), nextInode);
  }

  void deleteSnapshot(long serial) {
    snapshots.delete(serial);
  }

  void setSchedule(SnapshotSchedule schedule) {
    snapshots.setSchedule(schedule);
  }

  /** Whether somebody has to make snapshots of it now and then. */
  boolean isScheduled() {
    return destination == null && snapshots.hasSchedule() && history.sequence() > 0;
  }

  SnapshotList snapshots() {
    return snapshots.list();
  }

  SessionGrant seize(SessionId id, String holder, long nowMillis) throws HeadException {
    requireShort(holder);
    return grant(sessions.seize(id, holder, history.quota(), history.sequence(), nowMillis));
  }

  void restore(SessionId id, long expectedSequence, TreeOrigin origin, long nowMillis)
      throws HeadException {
    Session session = sessions.living(id, nowMillis);
    if (history.sequence() == expectedSequence + 1 && history.hasRoot(origin.root())) {
      return; // a repeated request
    }
    if (history.sequence() != expectedSequence) {
      throw new HeadException(
          Reason.OVERTAKEN,
          "the history is at " + history.sequence() + ", not at " + expectedSequence);
    }
    if (!sessions.isOnly(session) || !history.isFolded()) {
      throw new HeadException(
          Reason.REFUSED, "only a session alone puts another root in place, and folds before");
    }
    goOnFrom(origin, id);
  }

  /**
   * Closes the volume here for ever, because it goes to another cell.
   *
   * @throws HeadException {@code REFUSED} if that is not the record of its next move; {@code
   *     EXISTS} if it is on its way elsewhere
   */
  void seal(FoundingRecord to) throws HeadException {
    requireNextMove(to);
    destination = to;
  }

  /** What {@link #seal} would refuse. */
  void requireNextMove(FoundingRecord to) throws HeadException {
    if (destination != null && !destination.equals(to)) {
      throw new HeadException(Reason.EXISTS, "the volume is on its way to another cell already");
    }
    FoundingRecord same =
        to.toBuilder()
            .setMove(record.getMove())
            .setCell(record.getCell())
            .addAllVoter(record.getVoterList())
            .setSignature(record.getSignature())
            .build();
    if (!same.equals(record)
        || to.getMove() != record.getMove() + 1
        || to.getMove() > BodyIndex.MAX_MOVES
        || to.getCell().isEmpty()
        || to.getCell().equals(record.getCell())) {
      throw new HeadException(
          Reason.REFUSED, "this is not the record of the volume's next move to another cell");
    }
    if (!FoundingSignature.verify(HeadMessages.decode(to))) {
      throw new HeadException(Reason.REFUSED, "the move is not signed by the volume's key");
    }
  }

  /** Where it is on its way to; null while it is open. */
  @Nullable FoundingRecord destination() {
    return destination;
  }

  VolumeSnapshot save() {
    VolumeSnapshot.Builder snapshot = saveWithoutHistory();
    history.save(snapshot, sweeps.epoch());
    window.save(snapshot);
    if (destination != null) {
      snapshot.setDestination(destination);
    }
    return snapshot.build();
  }

  /** What another cell needs to go on, except for the deltas that are not folded. */
  VolumeSnapshot saveForMove() {
    return saveWithoutHistory().setState(HeadMessages.encode(state())).build();
  }

  private VolumeSnapshot.Builder saveWithoutHistory() {
    VolumeSnapshot.Builder snapshot =
        VolumeSnapshot.newBuilder().setFounding(record).setNextInode(nextInode);
    sweeps.save(snapshot);
    sessions.save(snapshot);
    snapshots.save(snapshot);
    return snapshot;
  }

  /**
   * A volume that another cell has sealed. Its times were that cell's, so that leases begin anew;
   * what was written when is not known, so that transactions that read before are run again.
   */
  static VolumeHead adopt(VolumeSnapshot from, long nowMillis) {
    VolumeHead volume = load(from);
    volume.window.raiseFloor(volume.history.sequence());
    volume.sessions.moved(nowMillis);
    return volume;
  }

  static VolumeHead load(VolumeSnapshot from) {
    VolumeHead volume =
        new VolumeHead(
            from.getFounding(),
            Sessions.load(from),
            History.load(HeadMessages.decodeVolume(from.getFounding().getVolume()), from),
            TokenWindow.load(from),
            SnapshotSet.load(from),
            SweepState.load(from),
            from.getNextInode());
    volume.destination = from.hasDestination() ? from.getDestination() : null;
    return volume;
  }
}
