package io.cairnfs.node.head.machine;

import com.google.protobuf.ByteString;
import io.cairnfs.protocol.head.ChainHash;
import io.cairnfs.protocol.head.CommitOutcome;
import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.head.HeadException.Reason;
import io.cairnfs.protocol.head.HeadLimits;
import io.cairnfs.protocol.head.HeadMessages;
import io.cairnfs.protocol.head.Usage;
import io.cairnfs.protocol.head.message.CommitHeader;
import io.cairnfs.protocol.head.message.CommitRequest;
import io.cairnfs.protocol.head.message.DeltaRun;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Resolves one batch of transactions against a volume's history and conflict window, in order:
 * committed, or why not.
 */
final class CommitBatch {

  private static final CommitOutcome CONFLICT = new CommitOutcome.Conflict();
  private static final CommitOutcome TOO_OLD = new CommitOutcome.TooOld();
  private static final CommitOutcome OVER_QUOTA = new CommitOutcome.OverQuota();
  private static final CommitOutcome NOT_ATTEMPTED = new CommitOutcome.NotAttempted();

  private final History history;
  private final TokenWindow window;
  private final SweepState sweeps;
  private final Session session;
  private final long index;
  private final List<CommitHeader> commits;
  private final byte[] bodies;
  private DeltaRun.@Nullable Builder run;
  private ByteString.@Nullable Output chains;

  CommitBatch(
      History history,
      TokenWindow window,
      SweepState sweeps,
      Session session,
      long index,
      CommitRequest request,
      byte[] bodies) {
    this.history = history;
    this.window = window;
    this.sweeps = sweeps;
    this.session = session;
    this.index = index;
    this.commits = request.getCommitList();
    this.bodies = bodies;
  }

  /**
   * Checks what can be checked before anything is changed.
   *
   * @param repeated how many transactions at the beginning have results already
   * @throws HeadException {@code REFUSED}, {@code FOLD_FIRST} or {@code STALE_CLAIMS}
   */
  void admit(int repeated) throws HeadException {
    require(commits.size() <= HeadLimits.MAX_BATCH_COMMITS, "too many transactions in a batch");
    long bytes = 0;
    long newBytes = 0;
    long tokens = 0;
    for (int i = 0; i < commits.size(); i++) {
      CommitHeader commit = commits.get(i);
      int length = commit.getBodyLength();
      require(length >= 0 && length <= HeadLimits.MAX_BODY_BYTES, "a body is too long");
      bytes += length;
      tokens += commit.getTokenReadCount() + commit.getTokenWrittenCount();
      if (i >= repeated) {
        newBytes += length;
        long reachable = history.sequence() + i - repeated;
        require(
            commit.getReadVersion() >= 0 && commit.getReadVersion() <= reachable,
            "a transaction says that it read the future");
        sweeps.requireFresh(commit.getClaimEpoch());
      }
    }
    require(bytes == bodies.length, "the bodies are not as long as their transactions say");
    require(bytes <= HeadLimits.MAX_BATCH_BYTES, "the bodies of a batch are too long");
    require(tokens <= HeadLimits.MAX_BATCH_TOKENS, "too many conflict tokens in a batch");
    int added = commits.size() - repeated;
    if (added > 0 && !history.hasRoomFor(History.weight(newBytes, added))) {
      throw new HeadException(
          Reason.FOLD_FIRST, "too many deltas are unfolded; fold, then repeat the batch");
    }
  }

  private static void require(boolean condition, String otherwise) throws HeadException {
    if (!condition) {
      throw new HeadException(Reason.REFUSED, otherwise);
    }
  }

  /**
   * Resolves the transactions after the first ones, whose results are known.
   *
   * @return the results of all
   */
  List<CommitOutcome> resolve(List<CommitOutcome> known) {
    List<CommitOutcome> outcomes = new ArrayList<>(known);
    boolean failed = false;
    int offset = 0;
    for (int i = 0; i < commits.size(); i++) {
      CommitHeader commit = commits.get(i);
      if (i >= known.size()) {
        CommitOutcome outcome =
            failed && session.mode().exclusive() ? NOT_ATTEMPTED : resolve(commit, offset);
        session.store(outcome);
        outcomes.add(outcome);
      }
      failed |= !(outcomes.get(i) instanceof CommitOutcome.Committed);
      offset += commit.getBodyLength();
    }
    endRun();
    return outcomes;
  }

  private CommitOutcome resolve(CommitHeader commit, int offset) {
    if (commit.getTokenReadCount() > 0) {
      if (!window.covers(commit.getReadVersion())) {
        endRun();
        return TOO_OLD;
      }
      if (window.anyWrittenAfter(commit.getReadVersion(), commit.getTokenReadList())) {
        endRun();
        return CONFLICT;
      }
    }
    Usage change = HeadMessages.decode(commit.getUsage());
    if (!session.quota().admits(history.usage(), change)) {
      endRun();
      return OVER_QUOTA;
    }
    int length = commit.getBodyLength();
    long sequence = history.sequence() + 1;
    ChainHash chain = history.chain().next(sequence, session.id(), bodies, offset, length);
    history.advance(chain, length, change);
    if (commit.getTokenWrittenCount() > 0) {
      window.write(commit.getTokenWrittenList(), sequence);
    } else {
      window.raiseFloor(sequence);
    }
    extendRun(sequence, offset, length, chain);
    return new CommitOutcome.Committed(sequence);
  }

  private void extendRun(long sequence, int offset, int length, ChainHash chain) {
    DeltaRun.Builder current = run;
    ByteString.Output hashes = chains;
    if (current == null || hashes == null) {
      current =
          DeltaRun.newBuilder()
              .setLogIndex(index)
              .setOffset(offset)
              .setFirstSequence(sequence)
              .setSession(HeadMessages.encode(session.id()));
      hashes = ByteString.newOutput();
      run = current;
      chains = hashes;
    }
    current.addBodyLength(length);
    byte[] hash = chain.toBytes();
    hashes.write(hash, 0, hash.length);
  }

  private void endRun() {
    if (run != null && chains != null) {
      history.append(run.setChains(chains.toByteString()).build());
    }
    run = null;
    chains = null;
  }
}
