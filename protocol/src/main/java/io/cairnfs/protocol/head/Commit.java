package io.cairnfs.protocol.head;

import java.util.List;

/**
 * One transaction as the head sees it: conflict tokens and an opaque body.
 *
 * <p>An exclusive session leaves both lists of tokens empty: nothing can come between its reads and
 * its writes. A transaction that declares no written tokens raises the conflict window's floor to
 * itself, because nobody could tell what it overwrote.
 *
 * @param readVersion the sequence that the transaction's reads saw; at most the sequence that it
 *     could get
 * @param tokensRead hashes of the keys and key ranges that it read
 * @param tokensWritten hashes of the keys and key ranges that it wrote
 * @param usage what it changes in the volume's usage
 * @param claimEpoch the oldest claim on a block that it refers to and that nothing else in the
 *     volume does; {@link #NO_CLAIM} if it refers to none
 * @param body the delta, opaque to the head; at most {@link HeadLimits#MAX_BODY_BYTES}
 */
@SuppressWarnings("ArrayRecordComponent") // compared nowhere
public record Commit(
    long readVersion,
    List<Long> tokensRead,
    List<Long> tokensWritten,
    Usage usage,
    long claimEpoch,
    byte[] body) {

  /** Of what rests on no claim. */
  public static final long NO_CLAIM = 0;

  public Commit {
    tokensRead = List.copyOf(tokensRead);
    tokensWritten = List.copyOf(tokensWritten);
  }

  /** One that rests on no claim. */
  public Commit(
      long readVersion, List<Long> tokensRead, List<Long> tokensWritten, Usage usage, byte[] body) {
    this(readVersion, tokensRead, tokensWritten, usage, NO_CLAIM, body);
  }
}
