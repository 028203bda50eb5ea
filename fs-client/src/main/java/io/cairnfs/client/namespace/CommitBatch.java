package io.cairnfs.client.namespace;

import io.cairnfs.protocol.head.Commit;
import io.cairnfs.protocol.head.HeadLimits;
import io.cairnfs.protocol.head.Usage;
import java.util.ArrayList;
import java.util.List;

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

  private static Commit toCommit(List<Entry> group) {
    List<Mutation> mutations = new ArrayList<>();
    Usage usage = Usage.NONE;
    for (Entry entry : group) {
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
        MutationCodec.encode(mutations));
  }
}
