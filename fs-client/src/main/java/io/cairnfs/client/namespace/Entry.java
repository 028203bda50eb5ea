package io.cairnfs.client.namespace;

import io.cairnfs.client.extent.Extent;
import io.cairnfs.client.extent.PendingBlock;
import io.cairnfs.protocol.head.HeadLimits;
import io.cairnfs.protocol.head.SessionId;
import io.cairnfs.protocol.head.Usage;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A transaction that is applied here and not yet committed.
 *
 * @param number its place in the order in which transactions were applied
 * @param mutations what it does
 * @param blocks blocks on their way that it refers to
 * @param contentOf the inode, if it is nothing but content of one, so that it may be committed
 *     later than others
 * @param follows inodes whose content, if applied before this, must be committed before this
 * @param usage by how much it changes the volume's usage
 * @param tokens its conflict tokens; null under an exclusive lease
 * @param readVersion the sequence that it saw
 * @param maxBytes an upper bound of its encoded length
 * @param queuedNanos when it was applied, on the scale of {@link System#nanoTime}
 */
record Entry(
    long number,
    List<Mutation> mutations,
    List<PendingBlock> blocks,
    @Nullable Long contentOf,
    Set<Long> follows,
    Usage usage,
    @Nullable Tokens tokens,
    long readVersion,
    int maxBytes,
    long queuedNanos) {

  /** Makes the entry of a transaction. */
  static Entry of(
      long number, BufferedTransaction transaction, @Nullable Tokens tokens, long readVersion) {
    List<Mutation> mutations = transaction.mutations();
    Long contentOf = transaction.contentOf();
    boolean content = contentOf != null && isContentOf(contentOf, mutations);
    Set<Long> follows = new LinkedHashSet<>(transaction.orderAfter());
    List<PendingBlock> blocks = new ArrayList<>(0);
    int maxBytes = 0;
    for (Mutation mutation : mutations) {
      maxBytes += MutationCodec.maxBytes(mutation);
      if (!content && mattersToContent(mutation)) {
        follows.add(mutation.inode());
      }
      if (mutation instanceof Mutation.PutExtent(long inode, long offset, Extent.InBlock extent)
          && extent.block() instanceof PendingBlock block
          && !blocks.contains(block)) {
        blocks.add(block);
      }
    }
    if (maxBytes > HeadLimits.MAX_BODY_BYTES) {
      throw new IllegalArgumentException(
          "a transaction of " + mutations.size() + " steps is too large");
    }
    return new Entry(
        number,
        mutations,
        blocks,
        content ? contentOf : null,
        follows,
        transaction.changes().usage(),
        tokens,
        readVersion,
        maxBytes,
        System.nanoTime());
  }

  /**
   * A session's word that it has an orphan open. It reads nothing, so that nothing can be in its
   * way.
   */
  static Entry hold(long inode, SessionId session, long readVersion) {
    Mutation hold = new Mutation.Put(Key.holder(inode, session), Value.Orphan.MARK);
    Tokens tokens = new Tokens();
    tokens.written(hold);
    return new Entry(
        0,
        List.of(hold),
        List.of(),
        null,
        Set.of(),
        Usage.NONE,
        tokens,
        readVersion,
        MutationCodec.maxBytes(hold),
        System.nanoTime());
  }

  private static boolean isContentOf(long inode, List<Mutation> mutations) {
    for (Mutation mutation : mutations) {
      boolean content =
          switch (mutation) {
            case Mutation.PutExtent put -> true;
            case Mutation.ClearExtents clear -> true;
            case Mutation.ChangeTimes change -> true;
            case Mutation.Put put -> false;
            case Mutation.Delete delete -> false;
            case Mutation.ClearXattrs clear -> false;
          };
      if (!content || mutation.inode() != inode) {
        return false;
      }
    }
    return true;
  }

  /** Whether a mutation and content of its inode give another state the other way round. */
  private static boolean mattersToContent(Mutation mutation) {
    return switch (mutation) {
      case Mutation.Put put -> put.key().kind() == Key.TIMES;
      case Mutation.Delete delete -> delete.key().kind() == Key.TIMES;
      case Mutation.ClearXattrs clear -> false;
      case Mutation.PutExtent put -> true;
      case Mutation.ClearExtents clear -> true;
      case Mutation.ChangeTimes change -> !change.change().commutes();
    };
  }

  /** Whether all blocks that it refers to have their CIDs, so that it can be encoded. */
  boolean isNamed() {
    for (PendingBlock block : blocks) {
      if (block.cid() == null) {
        return false;
      }
    }
    return true;
  }

  /** Whether all blocks that it refers to have their write-acks. */
  boolean isDurable() {
    for (PendingBlock block : blocks) {
      if (!block.durable().isDone()) {
        return false;
      }
    }
    return true;
  }

  /** Why one of its blocks will never be durable, or null. */
  @Nullable Throwable failure() {
    for (PendingBlock block : blocks) {
      if (block.durable().isCompletedExceptionally()) {
        return block.durable().exceptionNow();
      }
    }
    return null;
  }
}
