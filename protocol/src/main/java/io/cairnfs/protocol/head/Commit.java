package io.cairnfs.protocol.head;

import java.util.List;

/**
 * One transaction as the head sees it: conflict tokens and an opaque body.
 *
 * @param readVersion the sequence that the transaction's reads saw
 * @param tokensRead hashes of the keys and key ranges that it read
 * @param tokensWritten hashes of the keys and key ranges that it wrote
 * @param usage what it changes in the volume's usage
 * @param body the delta, opaque to the head; at most {@link HeadLimits#MAX_BODY_BYTES}
 */
@SuppressWarnings("ArrayRecordComponent") // compared nowhere
public record Commit(
    long readVersion, List<Long> tokensRead, List<Long> tokensWritten, Usage usage, byte[] body) {

  public Commit {
    tokensRead = List.copyOf(tokensRead);
    tokensWritten = List.copyOf(tokensWritten);
  }
}
