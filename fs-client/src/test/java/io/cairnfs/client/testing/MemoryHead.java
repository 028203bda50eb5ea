package io.cairnfs.client.testing;

import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.head.ChainHash;
import io.cairnfs.protocol.head.Commit;
import io.cairnfs.protocol.head.CommitOutcome;
import io.cairnfs.protocol.head.Delta;
import io.cairnfs.protocol.head.Founding;
import io.cairnfs.protocol.head.Head;
import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.head.HeadLimits;
import io.cairnfs.protocol.head.HeadState;
import io.cairnfs.protocol.head.InodeRange;
import io.cairnfs.protocol.head.Quota;
import io.cairnfs.protocol.head.SessionGrant;
import io.cairnfs.protocol.head.SessionId;
import io.cairnfs.protocol.head.Usage;
import io.cairnfs.protocol.head.VolumeId;
import io.cairnfs.protocol.head.VolumeInfo;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A {@link Head} in memory for exclusive sessions: numbered requests, deltas, leases and folds, and
 * quotas, without conflicts. It can be told to fail before or after it executes a call.
 * Thread-safe.
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

  /** Deltas of one answer, few, so that paging is tried. */
  private static final int PAGE = 100;

  private static final int GRANT_START = 2;

  private static final class Volume {
    private final Founding founding;
    private final Set<SessionId> dead = new HashSet<>();
    private final Map<Long, CommitOutcome> results = new HashMap<>();
    private final List<Delta> deltas = new ArrayList<>();
    private ChainHash rootChain;
    private ChainHash chain;
    private @Nullable Cid root;
    private long rootSequence;
    private long sequence;
    private long unfoldedBytes;
    private Usage usage = Usage.NONE;
    private Quota quota = Quota.NONE;
    private Quota told = Quota.NONE;
    private @Nullable SessionId holder;
    private String holderName = "";
    private long leaseEnd;
    private long lastRequest;
    private long nextInode = GRANT_START;

    private Volume(Founding founding) {
      this.founding = founding;
      chain = ChainHash.start(founding.volume());
      rootChain = chain;
    }

    private HeadState state() {
      return new HeadState(
          root, rootSequence, rootChain, sequence, chain, unfoldedBytes, usage, quota);
    }
  }

  private final Map<VolumeId, Volume> volumes = new HashMap<>();
  private final Duration lease;
  private final LongSupplier nanoTime;
  private volatile Fault fault = NO_FAULT;
  private long commitCalls;

  public MemoryHead() {
    this(HeadLimits.LEASE, System::nanoTime);
  }

  /**
   * @param lease how long sessions live
   * @param nanoTime what time it is, in nanoseconds
   */
  public MemoryHead(Duration lease, LongSupplier nanoTime) {
    this.lease = lease;
    this.nanoTime = nanoTime;
  }

  /** Founds a volume whose id is made of a number. */
  public synchronized VolumeId found(int number) {
    byte[] key = new byte[VolumeId.BYTES];
    key[0] = (byte) number;
    VolumeId volume = VolumeId.of(key);
    Founding founding =
        new Founding(volume, "volume " + number, List.of(), 1, Instant.EPOCH, new byte[0]);
    volumes.putIfAbsent(volume, new Volume(founding));
    return volume;
  }

  public void setFault(@Nullable Fault newFault) {
    fault = newFault == null ? NO_FAULT : newFault;
  }

  /** Declares the session that holds a volume dead, as if another had taken it over. */
  public synchronized void fence(VolumeId id) {
    Volume volume = Objects.requireNonNull(volumes.get(id));
    if (volume.holder != null) {
      volume.dead.add(volume.holder);
      volume.holder = null;
    }
  }

  public synchronized HeadState state(VolumeId id) {
    return Objects.requireNonNull(volumes.get(id)).state();
  }

  /** Batches that were committed. */
  public synchronized long commitCalls() {
    return commitCalls;
  }

  @Override
  public synchronized void found(Founding founding, Duration timeout) throws HeadException {
    fault.before("found");
    Volume before = volumes.putIfAbsent(founding.volume(), new Volume(founding));
    if (before != null && !before.founding.name().equals(founding.name())) {
      throw new HeadException(HeadException.Reason.EXISTS, "founded already");
    }
    fault.after("found");
  }

  @Override
  public synchronized List<VolumeInfo> list(Duration timeout) throws HeadException {
    fault.before("list");
    return volumes.values().stream().map(MemoryHead::toInfo).toList();
  }

  @Override
  public synchronized VolumeInfo info(VolumeId id, Duration timeout) throws HeadException {
    fault.before("info");
    return toInfo(volume(id));
  }

  private static VolumeInfo toInfo(Volume volume) {
    return new VolumeInfo(volume.founding, volume.state(), volume.holderName);
  }

  @Override
  public synchronized SessionGrant open(
      VolumeId id, SessionId session, String holder, Duration timeout) throws HeadException {
    fault.before("open");
    Volume volume = volume(id);
    requireAlive(volume, session);
    if (volume.holder != null && !volume.holder.equals(session)) {
      if (nanoTime.getAsLong() - volume.leaseEnd < 0) {
        throw new HeadException(HeadException.Reason.HELD, "held by " + volume.holderName);
      }
      volume.dead.add(volume.holder);
      volume.holder = null;
    }
    if (volume.holder == null) {
      volume.told = volume.quota;
      volume.results.clear();
      volume.lastRequest = 0;
    }
    volume.holder = session;
    volume.holderName = holder;
    extend(volume);
    fault.after("open");
    return new SessionGrant(lease, true, volume.state());
  }

  @Override
  public synchronized Quota renew(VolumeId id, SessionId session, Duration timeout)
      throws HeadException {
    fault.before("renew");
    extend(held(id, session));
    fault.after("renew");
    return volume(id).quota;
  }

  @Override
  public synchronized void setQuota(VolumeId id, Quota quota, Duration timeout)
      throws HeadException {
    fault.before("setQuota");
    Volume volume = volume(id);
    volume.quota = quota;
    volume.told = volume.told.orElse(quota);
    fault.after("setQuota");
  }

  @Override
  public synchronized void close(VolumeId id, SessionId session, Duration timeout)
      throws HeadException {
    fault.before("close");
    Volume volume = volume(id);
    if (session.equals(volume.holder)) {
      volume.holder = null;
      volume.holderName = "";
      volume.dead.add(session);
    }
    fault.after("close");
  }

  @Override
  public synchronized List<CommitOutcome> commit(
      VolumeId id,
      SessionId session,
      long firstRequest,
      long acknowledged,
      List<Commit> batch,
      Duration timeout)
      throws HeadException {
    fault.before("commit");
    Volume volume = held(id, session);
    commitCalls++;
    checkLimits(batch);
    if (firstRequest > volume.lastRequest + 1 || firstRequest <= acknowledged) {
      throw new HeadException(HeadException.Reason.REFUSED, "a gap before request " + firstRequest);
    }
    if (volume.unfoldedBytes >= HeadLimits.HARD_UNFOLDED_BYTES) {
      throw new HeadException(HeadException.Reason.FOLD_FIRST, "too much is unfolded");
    }
    List<CommitOutcome> outcomes = new ArrayList<>();
    for (int i = 0; i < batch.size(); i++) {
      long request = firstRequest + i;
      if (request > volume.lastRequest) {
        volume.results.put(request, apply(volume, session, batch.get(i)));
        volume.lastRequest = request;
      }
      outcomes.add(Objects.requireNonNull(volume.results.get(request), "an acknowledged result"));
    }
    volume.results.keySet().removeIf(request -> request <= acknowledged);
    extend(volume);
    fault.after("commit");
    return outcomes;
  }

  private static void checkLimits(List<Commit> batch) throws HeadException {
    long bytes = 0;
    for (Commit commit : batch) {
      bytes += commit.body().length;
      if (commit.body().length > HeadLimits.MAX_BODY_BYTES) {
        throw new HeadException(HeadException.Reason.REFUSED, "a body of " + commit.body().length);
      }
    }
    if (bytes > HeadLimits.MAX_BATCH_BYTES || batch.size() > HeadLimits.MAX_BATCH_COMMITS) {
      throw new HeadException(
          HeadException.Reason.REFUSED, "a batch of " + batch.size() + ", " + bytes + " bytes");
    }
  }

  private static CommitOutcome apply(Volume volume, SessionId session, Commit commit) {
    if (!volume.told.admits(volume.usage, commit.usage())) {
      return new CommitOutcome.OverQuota();
    }
    volume.sequence++;
    volume.chain = volume.chain.next(volume.sequence, session, commit.body());
    volume.deltas.add(new Delta(volume.sequence, session, commit.body(), volume.chain));
    volume.unfoldedBytes += commit.body().length + HeadLimits.DELTA_OVERHEAD_BYTES;
    volume.usage = volume.usage.plus(commit.usage());
    return new CommitOutcome.Committed(volume.sequence);
  }

  @Override
  public synchronized List<Delta> deltas(VolumeId id, long after, Duration timeout)
      throws HeadException {
    fault.before("deltas");
    Volume volume = volume(id);
    if (after < volume.rootSequence) {
      throw new HeadException(HeadException.Reason.REFUSED, "folded already");
    }
    return volume.deltas.stream().filter(delta -> delta.sequence() > after).limit(PAGE).toList();
  }

  @Override
  public synchronized InodeRange grantInodes(
      VolumeId id, SessionId session, int count, Duration timeout) throws HeadException {
    fault.before("grantInodes");
    Volume volume = held(id, session);
    long first = volume.nextInode;
    volume.nextInode += count;
    fault.after("grantInodes");
    return new InodeRange(first, volume.nextInode);
  }

  @Override
  public synchronized boolean acquireFoldToken(VolumeId id, SessionId session, Duration timeout)
      throws HeadException {
    fault.before("acquireFoldToken");
    held(id, session);
    return true;
  }

  @Override
  public synchronized void fold(
      VolumeId id,
      SessionId session,
      @Nullable Cid expectedRoot,
      Cid newRoot,
      long throughSequence,
      Duration timeout)
      throws HeadException {
    fault.before("fold");
    Volume volume = held(id, session);
    if (!Objects.equals(newRoot, volume.root) || throughSequence != volume.rootSequence) {
      boolean expected = Objects.equals(expectedRoot, volume.root);
      if (!expected || throughSequence < volume.rootSequence) {
        throw new HeadException(HeadException.Reason.OVERTAKEN, "the root is " + volume.root);
      }
      if (throughSequence > volume.sequence) {
        throw new HeadException(
            HeadException.Reason.REFUSED, "not committed yet: " + throughSequence);
      }
      fold(volume, newRoot, throughSequence);
    }
    fault.after("fold");
  }

  private static void fold(Volume volume, Cid newRoot, long throughSequence) {
    volume.root = newRoot;
    volume.rootSequence = throughSequence;
    while (!volume.deltas.isEmpty() && volume.deltas.getFirst().sequence() <= throughSequence) {
      Delta folded = volume.deltas.removeFirst();
      volume.rootChain = folded.chain();
      volume.unfoldedBytes -= folded.body().length + HeadLimits.DELTA_OVERHEAD_BYTES;
    }
  }

  private void extend(Volume volume) {
    volume.leaseEnd = nanoTime.getAsLong() + lease.toNanos();
  }

  private Volume held(VolumeId id, SessionId session) throws HeadException {
    Volume volume = volume(id);
    requireAlive(volume, session);
    if (!session.equals(volume.holder)) {
      throw new HeadException(HeadException.Reason.FENCED, "not the holder");
    }
    return volume;
  }

  private static void requireAlive(Volume volume, SessionId session) throws HeadException {
    if (volume.dead.contains(session)) {
      throw new HeadException(HeadException.Reason.FENCED, "the session is dead");
    }
  }

  private Volume volume(VolumeId id) throws HeadException {
    Volume volume = volumes.get(id);
    if (volume == null) {
      throw new HeadException(HeadException.Reason.UNKNOWN_VOLUME, "no volume " + id);
    }
    return volume;
  }
}
