package io.cairnfs.node.head;

import io.cairnfs.node.head.machine.HeadMachine;
import io.cairnfs.node.head.machine.HeadResult;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.head.Commit;
import io.cairnfs.protocol.head.CommitResult;
import io.cairnfs.protocol.head.Delta;
import io.cairnfs.protocol.head.FoldToken;
import io.cairnfs.protocol.head.Founding;
import io.cairnfs.protocol.head.Head;
import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.head.HeadException.Reason;
import io.cairnfs.protocol.head.HeadMessages;
import io.cairnfs.protocol.head.InodeRange;
import io.cairnfs.protocol.head.LockAnswer;
import io.cairnfs.protocol.head.LockMessages;
import io.cairnfs.protocol.head.LockRequest;
import io.cairnfs.protocol.head.News;
import io.cairnfs.protocol.head.Renewal;
import io.cairnfs.protocol.head.SessionGrant;
import io.cairnfs.protocol.head.SessionId;
import io.cairnfs.protocol.head.SessionRequests;
import io.cairnfs.protocol.head.SignedQuota;
import io.cairnfs.protocol.head.VolumeId;
import io.cairnfs.protocol.head.VolumeInfo;
import io.cairnfs.protocol.head.VolumeLock;
import io.cairnfs.protocol.head.message.AcquireFoldTokenRequest;
import io.cairnfs.protocol.head.message.CloseRequest;
import io.cairnfs.protocol.head.message.Command;
import io.cairnfs.protocol.head.message.CommitRequest;
import io.cairnfs.protocol.head.message.FoldRequest;
import io.cairnfs.protocol.head.message.FoundRequest;
import io.cairnfs.protocol.head.message.GrantInodesRequest;
import io.cairnfs.protocol.head.message.LockCommand;
import io.cairnfs.protocol.head.message.OpenRequest;
import io.cairnfs.protocol.identity.NodeId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The heads of one cell: a facade that turns the port's calls into commands and reads of the cell's
 * engine. Thread-safe.
 */
public final class CellHeads implements Head, AutoCloseable {

  private static final byte[] NO_BODIES = new byte[0];

  private final FoundingPlace place;
  private final HeadEngine engine;
  private final Watches watches;

  /**
   * @param engine closed with the heads
   * @param self this node, the only voter
   */
  public CellHeads(HeadEngine engine, NodeId self) {
    this(engine, FoundingPlace.of(self));
  }

  /**
   * @param engine closed with the heads
   * @param place where the heads are
   */
  public CellHeads(HeadEngine engine, FoundingPlace place) {
    this.place = place;
    this.engine = engine;
    this.watches = new Watches(engine);
  }

  /** The log under the heads. */
  public HeadEngine engine() {
    return engine;
  }

  /**
   * @throws HeadException {@code REFUSED} for a volume that belongs elsewhere
   */
  public void requirePlace(Founding founding) throws HeadException {
    place.require(founding);
  }

  @Override
  public void found(Founding founding, Duration timeout)
      throws HeadException, InterruptedException {
    requirePlace(founding);
    FoundRequest request =
        FoundRequest.newBuilder().setFounding(HeadMessages.encode(founding)).build();
    execute(Command.newBuilder().setFound(request), NO_BODIES, timeout);
  }

  @Override
  public List<VolumeInfo> list(Duration timeout) throws HeadException, InterruptedException {
    return engine.read(machine -> machine.list(engine.nowMillis()), timeout);
  }

  @Override
  public VolumeInfo info(VolumeId volume, Duration timeout)
      throws HeadException, InterruptedException {
    return engine.read(machine -> machine.info(volume, engine.nowMillis()), timeout);
  }

  @Override
  public SessionGrant open(VolumeId volume, SessionId session, String holder, Duration timeout)
      throws HeadException, InterruptedException {
    return open(SessionRequests.open(volume, session, holder, false), volume, timeout);
  }

  @Override
  public SessionGrant openAlone(VolumeId volume, SessionId session, String holder, Duration timeout)
      throws HeadException, InterruptedException {
    return open(SessionRequests.open(volume, session, holder, true), volume, timeout);
  }

  private SessionGrant open(OpenRequest request, VolumeId volume, Duration timeout)
      throws HeadException, InterruptedException {
    HeadResult result = execute(volume, Command.newBuilder().setOpen(request), timeout);
    return expect(HeadResult.Opened.class, result).grant();
  }

  @Override
  public Renewal renew(VolumeId volume, SessionId session, Duration timeout)
      throws HeadException, InterruptedException {
    HeadResult result =
        execute(
            volume, Command.newBuilder().setRenew(SessionRequests.renew(volume, session)), timeout);
    return expect(HeadResult.Renewed.class, result).renewal();
  }

  @Override
  public void share(
      VolumeId volume, SessionId session, long change, List<VolumeLock> locks, Duration timeout)
      throws HeadException, InterruptedException {
    execute(
        volume,
        Command.newBuilder().setShare(SessionRequests.share(volume, session, change, locks)),
        timeout);
  }

  @Override
  public boolean claim(
      VolumeId volume, SessionId session, long change, long taken, Duration timeout)
      throws HeadException, InterruptedException {
    HeadResult result =
        execute(
            volume,
            Command.newBuilder().setClaim(SessionRequests.claim(volume, session, change, taken)),
            timeout);
    return expect(HeadResult.Claimed.class, result).exclusive();
  }

  @Override
  public News watch(
      VolumeId volume,
      SessionId session,
      long taken,
      long knownVersion,
      Duration wait,
      Duration timeout)
      throws HeadException, InterruptedException {
    return watches.watch(volume, session, taken, knownVersion, wait, timeout);
  }

  @Override
  public LockAnswer lock(VolumeId volume, SessionId session, LockRequest request, Duration timeout)
      throws HeadException, InterruptedException {
    LockCommand command = LockMessages.encode(volume, session, request);
    if (request.mode() == LockRequest.Mode.TEST) {
      return engine.read(machine -> machine.testLock(command), timeout);
    }
    HeadResult result = execute(volume, Command.newBuilder().setLock(command), timeout);
    return expect(HeadResult.Locked.class, result).answer();
  }

  @Override
  public LockAnswer cancelLock(VolumeId volume, SessionId session, long number, Duration timeout)
      throws HeadException, InterruptedException {
    HeadResult result =
        execute(
            volume,
            Command.newBuilder().setCancelLock(SessionRequests.cancelLock(volume, session, number)),
            timeout);
    return expect(HeadResult.Locked.class, result).answer();
  }

  @Override
  public void close(VolumeId volume, SessionId session, Duration timeout)
      throws HeadException, InterruptedException {
    CloseRequest request =
        CloseRequest.newBuilder()
            .setVolume(HeadMessages.encode(volume))
            .setSession(HeadMessages.encode(session))
            .build();
    execute(volume, Command.newBuilder().setClose(request), timeout);
  }

  /**
   * Ends every session at once. Only for a node whose clients live in its own process: having
   * opened its data directory it knows that the process before is gone and its mounts with it, so
   * that waiting for their leases would protect nobody.
   */
  public void endAllSessions(Duration timeout) throws HeadException, InterruptedException {
    Map<VolumeId, List<SessionId>> sessions = engine.read(HeadMachine::sessions, timeout);
    for (Map.Entry<VolumeId, List<SessionId>> volume : sessions.entrySet()) {
      for (SessionId session : volume.getValue()) {
        close(volume.getKey(), session, timeout);
      }
    }
  }

  @Override
  public CommitResult commit(
      VolumeId volume,
      SessionId session,
      long firstRequest,
      long acknowledged,
      List<Commit> batch,
      Duration timeout)
      throws HeadException, InterruptedException {
    requireKnown(volume);
    CommitRequest.Builder request =
        CommitRequest.newBuilder()
            .setVolume(HeadMessages.encode(volume))
            .setSession(HeadMessages.encode(session))
            .setFirstRequest(firstRequest)
            .setAcknowledged(acknowledged);
    batch.forEach(commit -> request.addCommit(HeadMessages.encode(commit)));
    HeadResult result =
        execute(Command.newBuilder().setCommit(request), HeadMessages.joinBodies(batch), timeout);
    return expect(HeadResult.Outcomes.class, result).result();
  }

  @Override
  public List<Delta> deltas(VolumeId volume, long after, Duration timeout)
      throws HeadException, InterruptedException {
    requireKnown(volume);
    return engine.deltas(volume, after, timeout);
  }

  @Override
  public InodeRange grantInodes(VolumeId volume, SessionId session, int count, Duration timeout)
      throws HeadException, InterruptedException {
    GrantInodesRequest request =
        GrantInodesRequest.newBuilder()
            .setVolume(HeadMessages.encode(volume))
            .setSession(HeadMessages.encode(session))
            .setCount(count)
            .build();
    HeadResult result = execute(volume, Command.newBuilder().setGrantInodes(request), timeout);
    return expect(HeadResult.Granted.class, result).range();
  }

  @Override
  public FoldToken acquireFoldToken(VolumeId volume, SessionId session, Duration timeout)
      throws HeadException, InterruptedException {
    AcquireFoldTokenRequest request =
        AcquireFoldTokenRequest.newBuilder()
            .setVolume(HeadMessages.encode(volume))
            .setSession(HeadMessages.encode(session))
            .build();
    HeadResult result = execute(volume, Command.newBuilder().setAcquireFoldToken(request), timeout);
    return expect(HeadResult.TokenAnswer.class, result).token();
  }

  @Override
  public void fold(
      VolumeId volume,
      SessionId session,
      @Nullable Cid expectedRoot,
      Cid newRoot,
      long throughSequence,
      long claimEpoch,
      Duration timeout)
      throws HeadException, InterruptedException {
    FoldRequest request =
        FoldRequest.newBuilder()
            .setVolume(HeadMessages.encode(volume))
            .setSession(HeadMessages.encode(session))
            .setExpectedRoot(HeadMessages.encodeRoot(expectedRoot))
            .setNewRoot(HeadMessages.encodeRoot(newRoot))
            .setThroughSequence(throughSequence)
            .setClaimEpoch(claimEpoch)
            .build();
    execute(volume, Command.newBuilder().setFold(request), timeout);
  }

  @Override
  public void setQuota(SignedQuota quota, Duration timeout)
      throws HeadException, InterruptedException {
    execute(quota.volume(), Command.newBuilder().setSetQuota(HeadMessages.encode(quota)), timeout);
  }

  /** Strangers' requests do not get into the log. */
  private void requireKnown(VolumeId volume) throws HeadException {
    engine.requireLead();
    engine.peek(machine -> machine.sharing(volume));
  }

  /** Executes a command on a volume, unless there is none. */
  private HeadResult execute(VolumeId volume, Command.Builder command, Duration timeout)
      throws HeadException, InterruptedException {
    requireKnown(volume);
    return execute(command, NO_BODIES, timeout);
  }

  private HeadResult execute(Command.Builder command, byte[] bodies, Duration timeout)
      throws HeadException, InterruptedException {
    HeadResult result = engine.execute(command, bodies, timeout);
    if (result instanceof HeadResult.Refused(Reason reason, String message)) {
      throw new HeadException(reason, message);
    }
    return result;
  }

  private static <T extends HeadResult> T expect(Class<T> type, HeadResult result) {
    return type.cast(result);
  }

  @Override
  public void close() {
    watches.end("the node is shutting down");
    engine.close();
  }
}
