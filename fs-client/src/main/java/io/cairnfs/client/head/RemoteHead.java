package io.cairnfs.client.head;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.head.Commit;
import io.cairnfs.protocol.head.CommitOutcome;
import io.cairnfs.protocol.head.CommitResult;
import io.cairnfs.protocol.head.Delta;
import io.cairnfs.protocol.head.DeltaMessages;
import io.cairnfs.protocol.head.FoldToken;
import io.cairnfs.protocol.head.Founding;
import io.cairnfs.protocol.head.FoundingSignature;
import io.cairnfs.protocol.head.Head;
import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.head.HeadException.Reason;
import io.cairnfs.protocol.head.HeadMessages;
import io.cairnfs.protocol.head.HeadMethods;
import io.cairnfs.protocol.head.InodeRange;
import io.cairnfs.protocol.head.LockAnswer;
import io.cairnfs.protocol.head.LockMessages;
import io.cairnfs.protocol.head.LockRequest;
import io.cairnfs.protocol.head.News;
import io.cairnfs.protocol.head.NewsMessages;
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
import io.cairnfs.protocol.head.message.CommitReply;
import io.cairnfs.protocol.head.message.CommitRequest;
import io.cairnfs.protocol.head.message.DeltasReply;
import io.cairnfs.protocol.head.message.DeltasRequest;
import io.cairnfs.protocol.head.message.FoldRequest;
import io.cairnfs.protocol.head.message.FoundRequest;
import io.cairnfs.protocol.head.message.GrantInodesReply;
import io.cairnfs.protocol.head.message.GrantInodesRequest;
import io.cairnfs.protocol.head.message.InfoRequest;
import io.cairnfs.protocol.head.message.ListReply;
import io.cairnfs.protocol.head.message.ListRequest;
import io.cairnfs.protocol.head.message.LockReply;
import io.cairnfs.protocol.head.message.OpenReply;
import io.cairnfs.protocol.head.message.RenewReply;
import io.cairnfs.protocol.head.message.WatchReply;
import io.cairnfs.protocol.head.message.WatchRequest;
import io.cairnfs.protocol.transport.Envelope;
import io.cairnfs.protocol.transport.Method;
import io.cairnfs.protocol.transport.Transport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The heads of one cell, asked over a transport. While no voter can be reached, calls wait for one
 * until their time is up. Deltas are checked against their chain, founding records against their
 * signature. Thread-safe.
 */
public final class RemoteHead implements Head {

  private final VoterCalls voters;

  /**
   * @param place where the voters are
   */
  public RemoteHead(Transport transport, HeadPlace place) {
    this(transport, place, VoterCalls.ATTEMPT);
  }

  RemoteHead(Transport transport, HeadPlace place, Duration attempt) {
    this.voters = new VoterCalls(transport, place, attempt);
  }

  @Override
  public void found(Founding founding, Duration timeout)
      throws HeadException, InterruptedException {
    FoundRequest request =
        FoundRequest.newBuilder().setFounding(HeadMessages.encode(founding)).build();
    call(HeadMethods.FOUND, request, timeout);
  }

  @Override
  public List<VolumeInfo> list(Duration timeout) throws HeadException, InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    List<VolumeInfo> volumes = new ArrayList<>();
    ByteString after = ByteString.EMPTY;
    while (true) {
      ListReply page =
          call(
              HeadMethods.LIST,
              ListRequest.newBuilder().setAfter(after).build(),
              Duration.ofNanos(deadline - System.nanoTime()));
      List<VolumeInfo> infos =
          decode(() -> page.getVolumeList().stream().map(HeadMessages::decode).toList());
      volumes.addAll(infos);
      if (!page.getMore() || infos.isEmpty()) {
        return volumes;
      }
      after = HeadMessages.encode(infos.getLast().founding().volume());
    }
  }

  @Override
  public VolumeInfo info(VolumeId volume, Duration timeout)
      throws HeadException, InterruptedException {
    InfoRequest request = InfoRequest.newBuilder().setVolume(HeadMessages.encode(volume)).build();
    var reply = call(HeadMethods.INFO, request, timeout);
    VolumeInfo info = decode(() -> HeadMessages.decode(reply));
    if (!info.founding().volume().equals(volume) || !FoundingSignature.verify(info.founding())) {
      throw damaged("its founding record is not signed by the volume", null);
    }
    return info;
  }

  @Override
  public SessionGrant open(VolumeId volume, SessionId session, String holder, Duration timeout)
      throws HeadException, InterruptedException {
    return open(volume, session, holder, false, timeout);
  }

  @Override
  public SessionGrant openAlone(VolumeId volume, SessionId session, String holder, Duration timeout)
      throws HeadException, InterruptedException {
    return open(volume, session, holder, true, timeout);
  }

  private SessionGrant open(
      VolumeId volume, SessionId session, String holder, boolean alone, Duration timeout)
      throws HeadException, InterruptedException {
    OpenReply reply =
        call(HeadMethods.OPEN, SessionRequests.open(volume, session, holder, alone), timeout);
    return decode(() -> grant(reply));
  }

  static SessionGrant grant(OpenReply reply) {
    return new SessionGrant(
        Duration.ofMillis(reply.getLeaseMillis()),
        reply.getExclusive(),
        HeadMessages.decode(reply.getState()));
  }

  @Override
  public Renewal renew(VolumeId volume, SessionId session, Duration timeout)
      throws HeadException, InterruptedException {
    RenewReply reply = call(HeadMethods.RENEW, SessionRequests.renew(volume, session), timeout);
    return decode(
        () ->
            new Renewal(
                HeadMessages.decode(reply.getQuota()),
                reply.getSequence(),
                reply.getExclusive(),
                reply.getSweep()));
  }

  @Override
  public void share(
      VolumeId volume, SessionId session, long change, List<VolumeLock> locks, Duration timeout)
      throws HeadException, InterruptedException {
    call(HeadMethods.SHARE, SessionRequests.share(volume, session, change, locks), timeout);
  }

  @Override
  public boolean claim(
      VolumeId volume, SessionId session, long change, long taken, Duration timeout)
      throws HeadException, InterruptedException {
    return call(HeadMethods.CLAIM, SessionRequests.claim(volume, session, change, taken), timeout)
        .getExclusive();
  }

  @Override
  public void close(VolumeId volume, SessionId session, Duration timeout)
      throws HeadException, InterruptedException {
    CloseRequest request =
        CloseRequest.newBuilder()
            .setVolume(HeadMessages.encode(volume))
            .setSession(HeadMessages.encode(session))
            .build();
    call(HeadMethods.CLOSE, request, timeout);
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
    CommitRequest.Builder request =
        CommitRequest.newBuilder()
            .setVolume(HeadMessages.encode(volume))
            .setSession(HeadMessages.encode(session))
            .setFirstRequest(firstRequest)
            .setAcknowledged(acknowledged);
    batch.forEach(commit -> request.addCommit(HeadMessages.encode(commit)));
    CommitReply reply =
        voters
            .call(
                HeadMethods.COMMIT,
                new Envelope<>(request.build(), List.of(HeadMessages.joinBodies(batch))),
                timeout)
            .message();
    List<CommitOutcome> outcomes =
        decode(() -> HeadMessages.decodeOutcomes(reply.getRunList(), batch.size()));
    if (outcomes.size() != batch.size()) {
      throw damaged(outcomes.size() + " outcomes for " + batch.size() + " transactions", null);
    }
    return new CommitResult(outcomes, reply.getSequence());
  }

  @Override
  public List<Delta> deltas(VolumeId volume, long after, Duration timeout)
      throws HeadException, InterruptedException {
    DeltasRequest request =
        DeltasRequest.newBuilder().setVolume(HeadMessages.encode(volume)).setAfter(after).build();
    Envelope<DeltasReply> reply = voters.call(HeadMethods.DELTAS, Envelope.of(request), timeout);
    return decode(() -> DeltaMessages.decode(reply.message(), reply.bodies(), after));
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
    WatchRequest request =
        WatchRequest.newBuilder()
            .setVolume(HeadMessages.encode(volume))
            .setSession(HeadMessages.encode(session))
            .setTaken(taken)
            .setKnownVersion(knownVersion)
            .setWaitMillis(Math.toIntExact(wait.toMillis()))
            .build();
    Envelope<WatchReply> reply = voters.call(HeadMethods.WATCH, Envelope.of(request), timeout);
    return decode(() -> NewsMessages.decode(reply.message(), reply.bodies(), taken));
  }

  @Override
  public LockAnswer lock(VolumeId volume, SessionId session, LockRequest request, Duration timeout)
      throws HeadException, InterruptedException {
    LockReply reply =
        call(HeadMethods.LOCK, LockMessages.encode(volume, session, request), timeout);
    return decode(() -> LockMessages.decode(reply));
  }

  @Override
  public LockAnswer cancelLock(VolumeId volume, SessionId session, long number, Duration timeout)
      throws HeadException, InterruptedException {
    LockReply reply =
        call(HeadMethods.CANCEL_LOCK, SessionRequests.cancelLock(volume, session, number), timeout);
    return decode(() -> LockMessages.decode(reply));
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
    GrantInodesReply reply = call(HeadMethods.GRANT_INODES, request, timeout);
    return new InodeRange(reply.getFirst(), reply.getEnd());
  }

  @Override
  public FoldToken acquireFoldToken(VolumeId volume, SessionId session, Duration timeout)
      throws HeadException, InterruptedException {
    AcquireFoldTokenRequest request =
        AcquireFoldTokenRequest.newBuilder()
            .setVolume(HeadMessages.encode(volume))
            .setSession(HeadMessages.encode(session))
            .build();
    var reply = call(HeadMethods.ACQUIRE_FOLD_TOKEN, request, timeout);
    return new FoldToken(
        reply.getHeld(), reply.getThrough() == 0 ? FoldToken.UNBOUNDED : reply.getThrough());
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
    call(HeadMethods.FOLD, request, timeout);
  }

  @Override
  public void setQuota(SignedQuota quota, Duration timeout)
      throws HeadException, InterruptedException {
    call(HeadMethods.SET_QUOTA, HeadMessages.encode(quota), timeout);
  }

  private <Q extends MessageLite, R extends MessageLite> R call(
      Method<Q, R> method, Q request, Duration timeout) throws HeadException, InterruptedException {
    return voters.call(method, Envelope.of(request), timeout).message();
  }

  /** Decodes an answer: what comes from a network is not trusted to be well formed. */
  static <T> T decode(Supplier<T> decoder) throws HeadException {
    try {
      return decoder.get();
    } catch (IllegalArgumentException e) {
      throw damaged(String.valueOf(e.getMessage()), e);
    }
  }

  private static HeadException damaged(String how, @Nullable Throwable cause) {
    return new HeadException(Reason.UNAVAILABLE, "a voter's answer is damaged: " + how, cause);
  }
}
