package io.cairnfs.node.head.machine;

import io.cairnfs.protocol.head.CommitResult;
import io.cairnfs.protocol.head.FoldToken;
import io.cairnfs.protocol.head.HeadException.Reason;
import io.cairnfs.protocol.head.InodeRange;
import io.cairnfs.protocol.head.LockAnswer;
import io.cairnfs.protocol.head.Renewal;
import io.cairnfs.protocol.head.SessionGrant;
import io.cairnfs.protocol.head.Snapshot;

/** What a command came to. */
public sealed interface HeadResult {

  /** It was executed, or had been before. */
  record Done() implements HeadResult {}

  record Renewed(Renewal renewal) implements HeadResult {}

  record Opened(SessionGrant grant) implements HeadResult {}

  record Claimed(boolean exclusive) implements HeadResult {}

  record Locked(LockAnswer answer) implements HeadResult {}

  record Outcomes(CommitResult result) implements HeadResult {}

  record Granted(InodeRange range) implements HeadResult {}

  record TokenAnswer(FoldToken token) implements HeadResult {}

  record SweepOpened(long epoch) implements HeadResult {}

  record SnapshotMade(Snapshot snapshot) implements HeadResult {}

  /** It did nothing of what it was meant to. */
  record Refused(Reason reason, String message) implements HeadResult {}
}
