package io.cairnfs.client.testing;

import io.cairnfs.node.head.CellHeads;
import io.cairnfs.node.head.JournalEngine;
import io.cairnfs.node.head.MemoryJournal;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.head.Commit;
import io.cairnfs.protocol.head.CommitResult;
import io.cairnfs.protocol.head.Delta;
import io.cairnfs.protocol.head.FoldToken;
import io.cairnfs.protocol.head.Founding;
import io.cairnfs.protocol.head.FoundingSignature;
import io.cairnfs.protocol.head.Head;
import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.head.HeadLimits;
import io.cairnfs.protocol.head.HeadState;
import io.cairnfs.protocol.head.InodeRange;
import io.cairnfs.protocol.head.LockAnswer;
import io.cairnfs.protocol.head.LockRequest;
import io.cairnfs.protocol.head.News;
import io.cairnfs.protocol.head.Quota;
import io.cairnfs.protocol.head.Renewal;
import io.cairnfs.protocol.head.SessionGrant;
import io.cairnfs.protocol.head.SessionId;
import io.cairnfs.protocol.head.SignedQuota;
import io.cairnfs.protocol.head.VolumeId;
import io.cairnfs.protocol.head.VolumeInfo;
import io.cairnfs.protocol.head.VolumeLock;
import io.cairnfs.protocol.identity.Identity;
import io.cairnfs.protocol.identity.Key256;
import io.cairnfs.protocol.identity.NodeId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The heads as a node has them, on a journal in memory, with faults: it can be told to fail before
 * or after it executes a call. Thread-safe.
 */
public final class MemoryHead implements Head {

  /** What happens around a call. */
  public interface Fault {

    /** Called before a call is executed; may throw. */
    default void before(String method) throws HeadException {}

    /** Called when it was executed, before it is answered; may throw. */
    default void after(String method) throws HeadException {}
  }

  private static final Fault NO_FAULT = new Fault() {};
  private static final NodeId VOTER = new NodeId(Key256.of(new byte[32]));
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  /** Deltas of one answer, few, so that paging is tried. */
  private static final int PAGE = 100;

  private final Map<Integer, VolumeId> volumes = new ConcurrentHashMap<>();
  private final Map<VolumeId, Identity> owners = new ConcurrentHashMap<>();
  private final Map<SessionId, VolumeId> opened = new ConcurrentHashMap<>();
  private final AtomicLong commitCalls = new AtomicLong();
  private final Duration lease;
  private final CellHeads heads;
  private volatile Fault fault = NO_FAULT;

  public MemoryHead() {
    this(HeadLimits.LEASE, System::nanoTime);
  }

  /**
   * @param lease how long sessions are told that they live, at most {@link HeadLimits#LEASE}, after
   *     which they do lose it
   * @param nanoTime what time it is, in nanoseconds
   */
  public MemoryHead(Duration lease, LongSupplier nanoTime) {
    this.lease = lease;
    try {
      heads = new CellHeads(JournalEngine.open(new MemoryJournal(), nanoTime), VOTER);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Founds a volume, or finds the one that was founded with this number. */
  public VolumeId found(int number) {
    return volumes.computeIfAbsent(number, this::foundNew);
  }

  private VolumeId foundNew(int number) {
    try {
      Identity owner = Identity.generate();
      VolumeId volume = VolumeId.of(owner.publicKey());
      owners.put(volume, owner);
      Founding founding =
          new Founding(volume, "volume " + number, List.of(VOTER), 1, Instant.EPOCH, new byte[0]);
      heads.found(FoundingSignature.sign(founding, owner), TIMEOUT);
      return volume;
    } catch (HeadException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  public void setFault(@Nullable Fault newFault) {
    fault = newFault == null ? NO_FAULT : newFault;
  }

  /** Sets a volume's quota as its owner. */
  public void setQuota(VolumeId volume, Quota quota) throws HeadException, InterruptedException {
    long version = heads.info(volume, TIMEOUT).state().quotaVersion() + 1;
    Identity owner = Objects.requireNonNull(owners.get(volume));
    setQuota(SignedQuota.sign(volume, quota, version, owner), TIMEOUT);
  }

  /** Declares the sessions of a volume dead, as if others had taken it over. */
  public void fence(VolumeId volume) {
    opened.forEach(
        (session, of) -> {
          if (of.equals(volume)) {
            fence(volume, session);
          }
        });
  }

  /** Declares a session dead. */
  public void fence(VolumeId volume, SessionId session) {
    try {
      heads.close(volume, session, TIMEOUT);
    } catch (HeadException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  public HeadState state(VolumeId volume) {
    try {
      return heads.info(volume, TIMEOUT).state();
    } catch (HeadException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Batches that were committed. */
  public long commitCalls() {
    return commitCalls.get();
  }

  private interface Call<T> {
    T call() throws HeadException, InterruptedException;
  }

  private <T> T with(String method, Call<T> call) throws HeadException, InterruptedException {
    fault.before(method);
    T answer = call.call();
    fault.after(method);
    return answer;
  }

  private interface Action {
    void run() throws HeadException, InterruptedException;
  }

  private void run(String method, Action action) throws HeadException, InterruptedException {
    fault.before(method);
    action.run();
    fault.after(method);
  }

  @Override
  public void found(Founding founding, Duration timeout)
      throws HeadException, InterruptedException {
    run("found", () -> heads.found(founding, timeout));
  }

  @Override
  public List<VolumeInfo> list(Duration timeout) throws HeadException, InterruptedException {
    return with("list", () -> heads.list(timeout));
  }

  @Override
  public VolumeInfo info(VolumeId volume, Duration timeout)
      throws HeadException, InterruptedException {
    return with("info", () -> heads.info(volume, timeout));
  }

  @Override
  public SessionGrant open(VolumeId volume, SessionId session, String holder, Duration timeout)
      throws HeadException, InterruptedException {
    return with(
        "open", () -> opened(volume, session, heads.open(volume, session, holder, timeout)));
  }

  @Override
  public SessionGrant openAlone(VolumeId volume, SessionId session, String holder, Duration timeout)
      throws HeadException, InterruptedException {
    return with(
        "open", () -> opened(volume, session, heads.openAlone(volume, session, holder, timeout)));
  }

  private SessionGrant opened(VolumeId volume, SessionId session, SessionGrant grant) {
    opened.put(session, volume);
    return new SessionGrant(lease, grant.exclusive(), grant.state());
  }

  @Override
  public Renewal renew(VolumeId volume, SessionId session, Duration timeout)
      throws HeadException, InterruptedException {
    return with("renew", () -> heads.renew(volume, session, timeout));
  }

  @Override
  public void share(
      VolumeId volume, SessionId session, long change, List<VolumeLock> locks, Duration timeout)
      throws HeadException, InterruptedException {
    run("share", () -> heads.share(volume, session, change, locks, timeout));
  }

  @Override
  public boolean claim(
      VolumeId volume, SessionId session, long change, long taken, Duration timeout)
      throws HeadException, InterruptedException {
    return with("claim", () -> heads.claim(volume, session, change, taken, timeout));
  }

  @Override
  public void close(VolumeId volume, SessionId session, Duration timeout)
      throws HeadException, InterruptedException {
    run("close", () -> heads.close(volume, session, timeout));
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
    return with(
        "commit",
        () -> {
          commitCalls.incrementAndGet();
          return heads.commit(volume, session, firstRequest, acknowledged, batch, timeout);
        });
  }

  @Override
  public List<Delta> deltas(VolumeId volume, long after, Duration timeout)
      throws HeadException, InterruptedException {
    return with("deltas", () -> heads.deltas(volume, after, timeout).stream().limit(PAGE).toList());
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
    return with("watch", () -> heads.watch(volume, session, taken, knownVersion, wait, timeout));
  }

  @Override
  public LockAnswer lock(VolumeId volume, SessionId session, LockRequest request, Duration timeout)
      throws HeadException, InterruptedException {
    return with("lock", () -> heads.lock(volume, session, request, timeout));
  }

  @Override
  public LockAnswer cancelLock(VolumeId volume, SessionId session, long number, Duration timeout)
      throws HeadException, InterruptedException {
    return with("cancelLock", () -> heads.cancelLock(volume, session, number, timeout));
  }

  @Override
  public InodeRange grantInodes(VolumeId volume, SessionId session, int count, Duration timeout)
      throws HeadException, InterruptedException {
    return with("grantInodes", () -> heads.grantInodes(volume, session, count, timeout));
  }

  @Override
  public FoldToken acquireFoldToken(VolumeId volume, SessionId session, Duration timeout)
      throws HeadException, InterruptedException {
    return with("acquireFoldToken", () -> heads.acquireFoldToken(volume, session, timeout));
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
    run(
        "fold",
        () ->
            heads.fold(
                volume, session, expectedRoot, newRoot, throughSequence, claimEpoch, timeout));
  }

  @Override
  public void setQuota(SignedQuota quota, Duration timeout)
      throws HeadException, InterruptedException {
    run("setQuota", () -> heads.setQuota(quota, timeout));
  }
}
