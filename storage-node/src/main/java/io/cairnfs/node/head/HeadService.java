package io.cairnfs.node.head;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.head.CommitResult;
import io.cairnfs.protocol.head.Delta;
import io.cairnfs.protocol.head.DeltaMessages;
import io.cairnfs.protocol.head.FoldToken;
import io.cairnfs.protocol.head.Founding;
import io.cairnfs.protocol.head.Head;
import io.cairnfs.protocol.head.HeadErrors;
import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.head.HeadException.Reason;
import io.cairnfs.protocol.head.HeadMessages;
import io.cairnfs.protocol.head.HeadMethods;
import io.cairnfs.protocol.head.InodeRange;
import io.cairnfs.protocol.head.LockMessages;
import io.cairnfs.protocol.head.News;
import io.cairnfs.protocol.head.NewsMessages;
import io.cairnfs.protocol.head.Renewal;
import io.cairnfs.protocol.head.SessionGrant;
import io.cairnfs.protocol.head.SessionId;
import io.cairnfs.protocol.head.SignedQuota;
import io.cairnfs.protocol.head.VolumeId;
import io.cairnfs.protocol.head.VolumeInfo;
import io.cairnfs.protocol.head.message.AcquireFoldTokenReply;
import io.cairnfs.protocol.head.message.AcquireFoldTokenRequest;
import io.cairnfs.protocol.head.message.CancelLockRequest;
import io.cairnfs.protocol.head.message.ClaimReply;
import io.cairnfs.protocol.head.message.ClaimRequest;
import io.cairnfs.protocol.head.message.CommitReply;
import io.cairnfs.protocol.head.message.CommitRequest;
import io.cairnfs.protocol.head.message.DeltasReply;
import io.cairnfs.protocol.head.message.DoneReply;
import io.cairnfs.protocol.head.message.FoldRequest;
import io.cairnfs.protocol.head.message.GrantInodesReply;
import io.cairnfs.protocol.head.message.GrantInodesRequest;
import io.cairnfs.protocol.head.message.ListReply;
import io.cairnfs.protocol.head.message.ListRequest;
import io.cairnfs.protocol.head.message.LockCommand;
import io.cairnfs.protocol.head.message.LockReply;
import io.cairnfs.protocol.head.message.OpenReply;
import io.cairnfs.protocol.head.message.OpenRequest;
import io.cairnfs.protocol.head.message.RenewReply;
import io.cairnfs.protocol.head.message.ShareRequest;
import io.cairnfs.protocol.head.message.WatchReply;
import io.cairnfs.protocol.head.message.WatchRequest;
import io.cairnfs.protocol.transport.Envelope;
import io.cairnfs.protocol.transport.Method;
import io.cairnfs.protocol.transport.Transport;
import io.cairnfs.protocol.transport.WireError;
import io.cairnfs.protocol.transport.WireException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** Answers the methods of the heads by a node's heads: translates, and decides nothing. */
public final class HeadService {

  /** Volumes in one reply: a few kilobytes each at most. */
  private static final int LIST_PAGE = 256;

  private static final byte[] NO_BODIES = new byte[0];
  private static final Envelope<DoneReply> DONE = Envelope.of(DoneReply.getDefaultInstance());

  private static final Comparator<byte[]> BYTEWISE = Arrays::compareUnsigned;

  private final HostedHeads heads;

  private HeadService(HostedHeads heads) {
    this.heads = heads;
  }

  private Head head(ByteString volume) throws HeadException {
    return heads.of(HeadMessages.decodeVolume(volume)).heads();
  }

  /** Registers the methods on a transport, before it listens. */
  public static void register(Transport transport, HostedHeads heads) {
    HeadService service = new HeadService(heads);
    handle(
        transport,
        HeadMethods.FOUND,
        (request, bodies, timeout) -> {
          Founding founding = HeadMessages.decode(request.getFounding());
          heads.placeOf(founding).heads().found(founding, timeout);
          return DONE;
        });
    handle(
        transport,
        HeadMethods.LIST,
        (request, bodies, timeout) -> Envelope.of(service.list(request)));
    handle(
        transport,
        HeadMethods.INFO,
        (request, bodies, timeout) ->
            Envelope.of(
                HeadMessages.encode(
                    service
                        .head(request.getVolume())
                        .info(HeadMessages.decodeVolume(request.getVolume()), timeout))));
    handle(
        transport,
        HeadMethods.OPEN,
        (request, bodies, timeout) -> Envelope.of(service.open(request, timeout)));
    handle(
        transport,
        HeadMethods.RENEW,
        (request, bodies, timeout) -> {
          SessionId session = HeadMessages.decodeSession(request.getSession());
          return Envelope.of(
              reply(
                  service
                      .head(request.getVolume())
                      .renew(HeadMessages.decodeVolume(request.getVolume()), session, timeout)));
        });
    handle(
        transport,
        HeadMethods.SHARE,
        (request, bodies, timeout) -> {
          service.share(request, timeout);
          return DONE;
        });
    handle(
        transport,
        HeadMethods.CLAIM,
        (request, bodies, timeout) -> Envelope.of(service.claim(request, timeout)));
    handle(
        transport,
        HeadMethods.WATCH,
        (request, bodies, timeout) -> service.watch(request, timeout));
    handle(
        transport,
        HeadMethods.LOCK,
        (request, bodies, timeout) -> Envelope.of(service.lock(request, timeout)));
    handle(
        transport,
        HeadMethods.CANCEL_LOCK,
        (request, bodies, timeout) -> Envelope.of(service.cancelLock(request, timeout)));
    handle(
        transport,
        HeadMethods.CLOSE,
        (request, bodies, timeout) -> {
          SessionId session = HeadMessages.decodeSession(request.getSession());
          service
              .head(request.getVolume())
              .close(HeadMessages.decodeVolume(request.getVolume()), session, timeout);
          return DONE;
        });
    handle(
        transport,
        HeadMethods.COMMIT,
        (request, bodies, timeout) -> Envelope.of(service.commit(request, bodies, timeout)));
    handle(
        transport,
        HeadMethods.DELTAS,
        (request, bodies, timeout) ->
            deltas(
                service
                    .head(request.getVolume())
                    .deltas(
                        HeadMessages.decodeVolume(request.getVolume()),
                        request.getAfter(),
                        timeout)));
    handle(
        transport,
        HeadMethods.GRANT_INODES,
        (request, bodies, timeout) -> Envelope.of(service.grantInodes(request, timeout)));
    handle(
        transport,
        HeadMethods.ACQUIRE_FOLD_TOKEN,
        (request, bodies, timeout) -> Envelope.of(service.acquireFoldToken(request, timeout)));
    handle(
        transport,
        HeadMethods.FOLD,
        (request, bodies, timeout) -> {
          service.fold(request, timeout);
          return DONE;
        });
    handle(
        transport,
        HeadMethods.SET_QUOTA,
        (request, bodies, timeout) -> {
          SignedQuota quota = HeadMessages.decode(request);
          heads.of(quota.volume()).heads().setQuota(quota, timeout);
          return DONE;
        });
  }

  /** A method by the head: what it throws is not of the wire yet. */
  @FunctionalInterface
  interface Call<Q, R extends MessageLite> {
    Envelope<R> answer(Q request, byte[] bodies, Duration timeout)
        throws HeadException, InterruptedException;
  }

  static <Q extends MessageLite, R extends MessageLite> void handle(
      Transport transport, Method<Q, R> method, Call<Q, R> call) {
    transport.handle(
        method,
        (caller, request, timeout) -> {
          byte[] bodies = request.bodies().isEmpty() ? NO_BODIES : request.bodies().getFirst();
          try {
            return call.answer(request.message(), bodies, timeout);
          } catch (HeadException e) {
            throw HeadErrors.toWire(e);
          } catch (IllegalArgumentException e) {
            throw new WireException(WireError.MALFORMED, String.valueOf(e.getMessage()), e);
          }
        });
  }

  private ListReply list(ListRequest request) throws HeadException {
    List<VolumeInfo> rest =
        heads.list(request.getAfter(), LIST_PAGE + 1).stream()
            .sorted(Comparator.comparing(HeadService::id, BYTEWISE))
            .toList();
    ListReply.Builder reply = ListReply.newBuilder().setMore(rest.size() > LIST_PAGE);
    rest.stream().limit(LIST_PAGE).forEach(volume -> reply.addVolume(HeadMessages.encode(volume)));
    return reply.build();
  }

  private static byte[] id(VolumeInfo volume) {
    return volume.founding().volume().toBytes();
  }

  private OpenReply open(OpenRequest request, Duration timeout)
      throws HeadException, InterruptedException {
    VolumeId volume = HeadMessages.decodeVolume(request.getVolume());
    SessionId session = HeadMessages.decodeSession(request.getSession());
    Head head = head(request.getVolume());
    return encode(
        request.getAlone()
            ? head.openAlone(volume, session, request.getHolder(), timeout)
            : head.open(volume, session, request.getHolder(), timeout));
  }

  static OpenReply encode(SessionGrant grant) {
    return OpenReply.newBuilder()
        .setLeaseMillis(grant.lease().toMillis())
        .setExclusive(grant.exclusive())
        .setState(HeadMessages.encode(grant.state()))
        .build();
  }

  private static RenewReply reply(Renewal renewal) {
    return RenewReply.newBuilder()
        .setQuota(HeadMessages.encode(renewal.quota()))
        .setSequence(renewal.sequence())
        .setExclusive(renewal.exclusive())
        .setSweep(renewal.sweep())
        .build();
  }

  private void share(ShareRequest request, Duration timeout)
      throws HeadException, InterruptedException {
    head(request.getVolume())
        .share(
            HeadMessages.decodeVolume(request.getVolume()),
            HeadMessages.decodeSession(request.getSession()),
            request.getChange(),
            request.getLockList().stream().map(LockMessages::decode).toList(),
            timeout);
  }

  private ClaimReply claim(ClaimRequest request, Duration timeout)
      throws HeadException, InterruptedException {
    boolean exclusive =
        head(request.getVolume())
            .claim(
                HeadMessages.decodeVolume(request.getVolume()),
                HeadMessages.decodeSession(request.getSession()),
                request.getChange(),
                request.getTaken(),
                timeout);
    return ClaimReply.newBuilder().setExclusive(exclusive).build();
  }

  private LockReply lock(LockCommand request, Duration timeout)
      throws HeadException, InterruptedException {
    return LockMessages.encode(
        head(request.getVolume())
            .lock(
                HeadMessages.decodeVolume(request.getVolume()),
                HeadMessages.decodeSession(request.getSession()),
                LockMessages.decode(request),
                timeout));
  }

  private LockReply cancelLock(CancelLockRequest request, Duration timeout)
      throws HeadException, InterruptedException {
    return LockMessages.encode(
        head(request.getVolume())
            .cancelLock(
                HeadMessages.decodeVolume(request.getVolume()),
                HeadMessages.decodeSession(request.getSession()),
                request.getNumber(),
                timeout));
  }

  private CommitReply commit(CommitRequest request, byte[] bodies, Duration timeout)
      throws HeadException, InterruptedException {
    CommitResult result =
        head(request.getVolume())
            .commit(
                HeadMessages.decodeVolume(request.getVolume()),
                HeadMessages.decodeSession(request.getSession()),
                request.getFirstRequest(),
                request.getAcknowledged(),
                HeadMessages.decode(request.getCommitList(), bodies),
                timeout);
    return CommitReply.newBuilder()
        .addAllRun(HeadMessages.encode(result.outcomes()))
        .setSequence(result.sequence())
        .build();
  }

  private static Envelope<DeltasReply> deltas(List<Delta> deltas) {
    return new Envelope<>(DeltaMessages.encode(deltas), DeltaMessages.joinBodies(deltas));
  }

  private Envelope<WatchReply> watch(WatchRequest request, Duration timeout)
      throws HeadException, InterruptedException {
    News news =
        head(request.getVolume())
            .watch(
                HeadMessages.decodeVolume(request.getVolume()),
                HeadMessages.decodeSession(request.getSession()),
                request.getTaken(),
                request.getKnownVersion(),
                Duration.ofMillis(Integer.toUnsignedLong(request.getWaitMillis())),
                timeout);
    return new Envelope<>(NewsMessages.encode(news), DeltaMessages.joinBodies(news.deltas()));
  }

  private GrantInodesReply grantInodes(GrantInodesRequest request, Duration timeout)
      throws HeadException, InterruptedException {
    InodeRange range =
        head(request.getVolume())
            .grantInodes(
                HeadMessages.decodeVolume(request.getVolume()),
                HeadMessages.decodeSession(request.getSession()),
                request.getCount(),
                timeout);
    return GrantInodesReply.newBuilder().setFirst(range.first()).setEnd(range.end()).build();
  }

  private AcquireFoldTokenReply acquireFoldToken(AcquireFoldTokenRequest request, Duration timeout)
      throws HeadException, InterruptedException {
    FoldToken token =
        head(request.getVolume())
            .acquireFoldToken(
                HeadMessages.decodeVolume(request.getVolume()),
                HeadMessages.decodeSession(request.getSession()),
                timeout);
    AcquireFoldTokenReply.Builder reply = AcquireFoldTokenReply.newBuilder().setHeld(token.held());
    return token.through() == FoldToken.UNBOUNDED
        ? reply.build()
        : reply.setThrough(token.through()).build();
  }

  private void fold(FoldRequest request, Duration timeout)
      throws HeadException, InterruptedException {
    Cid newRoot = HeadMessages.decodeRoot(request.getNewRoot());
    if (newRoot == null) {
      throw new HeadException(Reason.REFUSED, "a fold has a new root");
    }
    head(request.getVolume())
        .fold(
            HeadMessages.decodeVolume(request.getVolume()),
            HeadMessages.decodeSession(request.getSession()),
            HeadMessages.decodeRoot(request.getExpectedRoot()),
            newRoot,
            request.getThroughSequence(),
            request.getClaimEpoch(),
            timeout);
  }
}
