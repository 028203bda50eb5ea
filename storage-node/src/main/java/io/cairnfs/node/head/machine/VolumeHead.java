package io.cairnfs.node.head.machine;

import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.head.CommitOutcome;
import io.cairnfs.protocol.head.CommitResult;
import io.cairnfs.protocol.head.FoldToken;
import io.cairnfs.protocol.head.Founding;
import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.head.HeadException.Reason;
import io.cairnfs.protocol.head.HeadLimits;
import io.cairnfs.protocol.head.HeadMessages;
import io.cairnfs.protocol.head.HeadState;
import io.cairnfs.protocol.head.InodeRange;
import io.cairnfs.protocol.head.LockAnswer;
import io.cairnfs.protocol.head.LockRequest;
import io.cairnfs.protocol.head.NewSnapshot;
import io.cairnfs.protocol.head.Quota;
import io.cairnfs.protocol.head.Renewal;
import io.cairnfs.protocol.head.SessionGrant;
import io.cairnfs.protocol.head.SessionId;
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
import io.cairnfs.protocol.head.message.VolumeSnapshot;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;

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

  private final FoundingRecord record;
  private final Founding founding;
  private final Sessions sessions;
  private final History history;
  private final TokenWindow window;
  private final SnapshotSet snapshots;
  private long nextInode;

  private VolumeHead(
      FoundingRecord record,
      Sessions sessions,
      History history,
      TokenWindow window,
      SnapshotSet snapshots,
      long nextInode) {
    this.record = record;
    this.founding = HeadMessages.decode(record);
    this.sessions = sessions;
    this.history = history;
    this.window = window;
    this.snapshots = snapshots;
    this.nextInode = nextInode;
  }

  static VolumeHead found(FoundingRecord record) {
    History history = new History(HeadMessages.decodeVolume(record.getVolume()));
    return new VolumeHead(
        record, new Sessions(), history, new TokenWindow(), new SnapshotSet(), FIRST_GRANTED_INODE);
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

  FoundingRecord record() {
    return record;
  }

  HeadState state() {
    return history.state();
  }

  VolumeInfo info(long nowMillis) {
    return new VolumeInfo(founding, history.state(), sessions.holders(nowMillis));
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
    return new SessionGrant(HeadLimits.LEASE, session.mode().exclusive(), history.state());
  }

  Renewal renew(SessionId id, long nowMillis) throws HeadException {
    Session session = sessions.living(id, nowMillis);
    session.renew(nowMillis);
    return new Renewal(history.quota(), history.sequence(), session.mode().exclusive());
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
    return new Sharing(history.state(), sessions.members());
  }

  void setQuota(Quota quota) {
    history.setQuota(quota);
    sessions.raiseQuota(quota);
  }

  void close(SessionId id) {
    sessions.end(id);
  }

  CommitResult commit(long index, CommitRequest request, byte[] bodies, long nowMillis)
      throws HeadException {
    Session session = sessions.living(HeadMessages.decodeSession(request.getSession()), nowMillis);
    CommitBatch batch = new CommitBatch(history, window, session, index, request, bodies);
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

  long oldestIndex() {
    return history.oldestIndex();
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
    history.fold(HeadMessages.decodeRoot(request.getExpectedRoot()), newRoot, through);
    snapshots.folded(through, newRoot);
  }

  Snapshot createSnapshot(NewSnapshot wanted) throws HeadException {
    return snapshots.create(wanted, history.state(), nextInode);
  }

  void deleteSnapshot(long serial) {
    snapshots.delete(serial);
  }

  void setSchedule(SnapshotSchedule schedule) {
    snapshots.setSchedule(schedule);
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

  VolumeSnapshot save() {
    VolumeSnapshot.Builder snapshot =
        VolumeSnapshot.newBuilder().setFounding(record).setNextInode(nextInode);
    history.save(snapshot);
    sessions.save(snapshot);
    window.save(snapshot);
    snapshots.save(snapshot);
    return snapshot.build();
  }

  static VolumeHead load(VolumeSnapshot from) {
    return new VolumeHead(
        from.getFounding(),
        Sessions.load(from),
        History.load(HeadMessages.decodeVolume(from.getFounding().getVolume()), from),
        TokenWindow.load(from),
        SnapshotSet.load(from),
        from.getNextInode());
  }
}
