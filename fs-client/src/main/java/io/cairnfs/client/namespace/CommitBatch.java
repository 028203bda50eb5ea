package io.cairnfs.client.namespace;

import io.cairnfs.client.block.BlockClient;
import io.cairnfs.client.extent.PendingBlock;
import io.cairnfs.protocol.block.Block;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.head.Commit;
import io.cairnfs.protocol.head.HeadLimits;
import io.cairnfs.protocol.head.Usage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * A batch as it is sent: entries and the commits that they became. Content of one inode that
 * follows content of the same becomes one commit with it.
 *
 * @param entries in the order of the batch
 * @param commits at most as many
 * @param bodyBytes length of the bodies, with what the head counts beyond each
 */
record CommitBatch(List<Entry> entries, List<Commit> commits, long bodyBytes) {

  /** Encodes as many of the entries, from the first on, as a batch may have. */
  static CommitBatch encode(List<Entry> entries) {
    List<Commit> commits = new ArrayList<>();
    long bytes = 0;
    int tokens = 0;
    int done = 0;
    while (done < entries.size() && commits.size() < HeadLimits.MAX_BATCH_COMMITS) {
      List<Entry> group = groupAt(entries, done);
      Commit commit = toCommit(group);
      tokens += commit.tokensRead().size() + commit.tokensWritten().size();
      boolean fits =
          bytes + commit.body().length <= HeadLimits.MAX_BATCH_BYTES
              && tokens <= HeadLimits.MAX_BATCH_TOKENS;
      if (!fits && done > 0) {
        break;
      }
      commits.add(commit);
      bytes += commit.body().length;
      done += group.size();
    }
    long overhead = (long) commits.size() * HeadLimits.DELTA_OVERHEAD_BYTES;
    return new CommitBatch(List.copyOf(entries.subList(0, done)), commits, bytes + overhead);
  }

  private static List<Entry> groupAt(List<Entry> entries, int from) {
    Entry first = entries.get(from);
    int to = from + 1;
    if (first.contentOf() != null && first.tokens() == null) {
      long maxBytes = first.maxBytes();
      while (to < entries.size()
          && first.contentOf().equals(entries.get(to).contentOf())
          && maxBytes + entries.get(to).maxBytes() <= HeadLimits.MAX_BODY_BYTES) {
        maxBytes += entries.get(to++).maxBytes();
      }
    }
    return entries.subList(from, to);
  }

  /**
   * The same batch, with the blocks that it refers to claimed again. Ends within the current
   * deadline.
   *
   * @throws NamespaceException if one is lost
   */
  CommitBatch claimAgain(BlockClient client) throws NamespaceException, InterruptedException {
    Set<PendingBlock> blocks = new LinkedHashSet<>();
    entries.forEach(entry -> blocks.addAll(entry.blocks()));
    long epoch = client.claimEpoch();
    try {
      Set<Cid> named = new LinkedHashSet<>();
      for (PendingBlock block : blocks) {
        if (!block.claimAgain()) {
          named.add(Objects.requireNonNull(block.cid(), "a block that is durable"));
        }
      }
      Set<Cid> missing = new LinkedHashSet<>(named);
      missing.removeAll(client.have(named));
      for (Cid cid : missing) {
        client.put(List.of(new Block(cid, client.get(cid))));
      }
    } catch (IOException e) {
      throw Failures.ofBlocks(e);
    }
    blocks.forEach(block -> block.reclaimed(epoch));
    return encode(entries);
  }

  private static Commit toCommit(List<Entry> group) {
    List<Mutation> mutations = new ArrayList<>();
    Usage usage = Usage.NONE;
    long claimEpoch = Commit.NO_CLAIM;
    for (Entry entry : group) {
      for (PendingBlock block : entry.blocks()) {
        claimEpoch = oldest(claimEpoch, block.claimEpoch());
      }
      mutations.addAll(entry.mutations());
      usage = usage.plus(entry.usage());
    }
    Entry first = group.getFirst();
    Tokens tokens = first.tokens();
    return new Commit(
        first.readVersion(),
        tokens == null ? List.of() : tokens.read(),
        tokens == null ? List.of() : tokens.written(),
        usage,
        claimEpoch,
        MutationCodec.encode(mutations));
  }

  private static long oldest(long claim, long other) {
    return claim == Commit.NO_CLAIM ? other : Math.min(claim, other);
  }
}
