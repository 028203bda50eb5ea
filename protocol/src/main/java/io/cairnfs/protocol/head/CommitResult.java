package io.cairnfs.protocol.head;

import java.util.List;

/**
 * What became of a batch.
 *
 * @param outcomes one for each transaction
 * @param sequence the volume's after the batch: a transaction that failed is run again when every
 *     delta up to here is taken. Also as {@link Renewal#sequence}
 */
public record CommitResult(List<CommitOutcome> outcomes, long sequence) {

  public CommitResult {
    outcomes = List.copyOf(outcomes);
  }
}
