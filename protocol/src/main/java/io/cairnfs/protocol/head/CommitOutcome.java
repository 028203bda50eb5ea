package io.cairnfs.protocol.head;

/** What became of one transaction of a batch. */
public sealed interface CommitOutcome {

  /** It is durable, at this place in the volume's history. */
  record Committed(long sequence) implements CommitOutcome {}

  /**
   * Something it read was written after its read version: run the operation again on the new state.
   */
  record Conflict() implements CommitOutcome {}

  /** Its read version is older than the conflict window: read again. */
  record TooOld() implements CommitOutcome {}

  /**
   * An earlier transaction of an exclusive session's batch failed, and with it all that followed.
   */
  record NotAttempted() implements CommitOutcome {}

  /** A quota of the volume is used up. */
  record OverQuota() implements CommitOutcome {}
}
