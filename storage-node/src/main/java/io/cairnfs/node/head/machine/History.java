package io.cairnfs.node.head.machine;

import com.google.protobuf.ByteString;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.head.ChainHash;
import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.head.HeadException.Reason;
import io.cairnfs.protocol.head.HeadLimits;
import io.cairnfs.protocol.head.HeadMessages;
import io.cairnfs.protocol.head.HeadState;
import io.cairnfs.protocol.head.Quota;
import io.cairnfs.protocol.head.SessionId;
import io.cairnfs.protocol.head.TreeOrigin;
import io.cairnfs.protocol.head.Usage;
import io.cairnfs.protocol.head.VolumeId;
import io.cairnfs.protocol.head.message.DeltaRun;
import io.cairnfs.protocol.head.message.VolumeSnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A volume's root and the deltas after it. Of the deltas it keeps lengths, chain hashes and where
 * the bodies rest, not the bodies, so that a voter of many volumes does not hold them in memory.
 */
final class History {

  private final List<DeltaRun> runs = new ArrayList<>();
  private @Nullable Cid root;
  private long rootSequence;
  private ChainHash rootChain;
  private long sequence;
  private ChainHash chain;
  private long unfoldedBytes;
  private Usage usage = Usage.NONE;
  private Usage rootUsage = Usage.NONE;
  private Quota quota = Quota.NONE;
  private long quotaVersion;

  History(VolumeId volume) {
    rootChain = ChainHash.start(volume);
    chain = rootChain;
  }

  /**
   * @param sweep the last that was opened
   */
  HeadState state(long sweep) {
    return new HeadState(
        root,
        rootSequence,
        rootChain,
        sequence,
        chain,
        unfoldedBytes,
        usage,
        quota,
        quotaVersion,
        sweep);
  }

  Usage usage() {
    return usage;
  }

  /** What the volume held at the root's sequence. */
  Usage rootUsage() {
    return rootUsage;
  }

  Quota quota() {
    return quota;
  }

  /**
   * @throws HeadException {@code OVERTAKEN} if this version is neither the next one nor the last
   *     one again
   */
  void setQuota(Quota newQuota, long version) throws HeadException {
    if (version == quotaVersion && newQuota.equals(quota)) {
      return;
    }
    if (version != quotaVersion + 1) {
      throw new HeadException(
          Reason.OVERTAKEN, "the quota is at version " + quotaVersion + " already");
    }
    quota = newQuota;
    quotaVersion = version;
  }

  long sequence() {
    return sequence;
  }

  /** What deltas count as unfolded. */
  static long weight(long bodyBytes, long deltas) {
    return bodyBytes + deltas * HeadLimits.DELTA_OVERHEAD_BYTES;
  }

  boolean hasRoomFor(long weight) {
    return unfoldedBytes + weight <= HeadLimits.HARD_UNFOLDED_BYTES;
  }

  /**
   * The state after one more transaction, whose delta a following {@link #append} of its run
   * describes.
   */
  ChainHash advance(ChainHash newChain, int bodyLength, Usage change) {
    sequence++;
    chain = newChain;
    unfoldedBytes += weight(bodyLength, 1);
    usage = usage.plus(change);
    return chain;
  }

  ChainHash chain() {
    return chain;
  }

  /** The run's deltas are the last ones that there are. */
  void append(DeltaRun run) {
    runs.add(run.toBuilder().setUsage(HeadMessages.encode(usage)).build());
  }

  /**
   * The runs that hold the deltas after a sequence, the first of which may begin before it.
   *
   * @throws HeadException {@code REFUSED} if some of them are folded, or the sequence is not
   *     reached yet
   */
  List<DeltaRun> after(long after) throws HeadException {
    if (after < rootSequence || after > sequence) {
      throw new HeadException(
          Reason.REFUSED,
          "deltas after "
              + after
              + " were asked for; kept are "
              + rootSequence
              + " to "
              + sequence);
    }
    int from = 0;
    for (int to = runs.size(); from < to; ) {
      int middle = (from + to) >>> 1;
      if (last(runs.get(middle)) <= after) {
        from = middle + 1;
      } else {
        to = middle;
      }
    }
    return runs.subList(from, runs.size());
  }

  /** The log index of the oldest bodies that are needed; {@link Long#MAX_VALUE} for none. */
  long oldestIndex() {
    return runs.isEmpty() ? Long.MAX_VALUE : runs.getFirst().getLogIndex();
  }

  /**
   * @throws HeadException {@code OVERTAKEN} or {@code REFUSED}, as {@link
   *     io.cairnfs.protocol.head.Head#fold} says
   */
  void fold(@Nullable Cid expectedRoot, Cid newRoot, long through) throws HeadException {
    if (Objects.equals(newRoot, root) && through == rootSequence) {
      return;
    }
    if (!Objects.equals(root, expectedRoot) || through < rootSequence) {
      throw new HeadException(
          Reason.OVERTAKEN, "the root is " + root + " at " + rootSequence + " already");
    }
    if (through > sequence) {
      throw new HeadException(
          Reason.REFUSED, "a fold through " + through + ", but the last commit is " + sequence);
    }
    dropThrough(through);
    root = newRoot;
    rootSequence = through;
  }

  /**
   * The next step of the history replaces all of it by another tree. What was before is forgotten
   * here, so that all of it must be folded.
   */
  void replace(TreeOrigin origin, SessionId by) {
    sequence++;
    chain = chain.next(sequence, by, origin.root().toBytes());
    runs.clear();
    unfoldedBytes = 0;
    root = origin.root();
    rootSequence = sequence;
    rootChain = chain;
    usage = origin.usage();
    rootUsage = usage;
  }

  boolean isFolded() {
    return rootSequence == sequence;
  }

  boolean hasRoot(Cid cid) {
    return Objects.equals(root, cid);
  }

  private void dropThrough(long through) {
    int whole = 0;
    while (whole < runs.size() && last(runs.get(whole)) <= through) {
      DeltaRun run = runs.get(whole++);
      drop(run, run.getBodyLengthCount());
    }
    runs.subList(0, whole).clear();
    if (!runs.isEmpty() && runs.getFirst().getFirstSequence() <= through) {
      DeltaRun run = runs.getFirst();
      runs.set(0, drop(run, (int) (through - run.getFirstSequence() + 1)));
    }
  }

  /**
   * Forgets the first deltas of a run, which is folded to its end as a rule, and gives the rest of
   * it.
   */
  private DeltaRun drop(DeltaRun run, int count) {
    int bytes = 0;
    for (int i = 0; i < count; i++) {
      bytes += run.getBodyLength(i);
    }
    unfoldedBytes -= weight(bytes, count);
    rootUsage = run.hasUsage() ? HeadMessages.decode(run.getUsage()) : usage;
    ByteString chains = run.getChains();
    int cut = count * ChainHash.BYTES;
    rootChain = HeadMessages.decodeChain(chains.substring(cut - ChainHash.BYTES, cut));
    return run.toBuilder()
        .setOffset(run.getOffset() + bytes)
        .setFirstSequence(run.getFirstSequence() + count)
        .clearBodyLength()
        .addAllBodyLength(run.getBodyLengthList().subList(count, run.getBodyLengthCount()))
        .setChains(chains.substring(cut))
        .build();
  }

  private static long last(DeltaRun run) {
    return run.getFirstSequence() + run.getBodyLengthCount() - 1;
  }

  void save(VolumeSnapshot.Builder to, long sweep) {
    to.setState(HeadMessages.encode(state(sweep)))
        .setRootUsage(HeadMessages.encode(rootUsage))
        .addAllRun(runs);
  }

  static History load(VolumeId volume, VolumeSnapshot from) {
    HeadState state = HeadMessages.decode(from.getState());
    History history = new History(volume);
    history.root = state.root();
    history.rootSequence = state.rootSequence();
    history.rootChain = state.rootChain();
    history.sequence = state.sequence();
    history.chain = state.chain();
    history.unfoldedBytes = state.unfoldedBytes();
    history.usage = state.usage();
    history.rootUsage =
        from.hasRootUsage() ? HeadMessages.decode(from.getRootUsage()) : state.usage();
    history.quota = state.quota();
    history.quotaVersion = state.quotaVersion();
    history.runs.addAll(from.getRunList());
    return history;
  }
}
