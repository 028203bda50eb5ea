package io.cairnfs.node.head.machine;

import io.cairnfs.protocol.head.CommitOutcome;
import io.cairnfs.protocol.head.HeadException.Reason;
import io.cairnfs.protocol.head.InodeRange;
import io.cairnfs.protocol.head.Quota;
import io.cairnfs.protocol.head.SessionGrant;
import java.util.List;

/** What a command came to. */
public sealed interface HeadResult {

  /** It was executed, or had been before. */
  record Done() implements HeadResult {}

  record Renewed(Quota quota) implements HeadResult {}

  record Opened(SessionGrant grant) implements HeadResult {}

  record Outcomes(List<CommitOutcome> outcomes) implements HeadResult {

    public Outcomes {
      outcomes = List.copyOf(outcomes);
    }
  }

  record Granted(InodeRange range) implements HeadResult {}

  record FoldToken(boolean held) implements HeadResult {}

  /** It changed nothing but the time. */
  record Refused(Reason reason, String message) implements HeadResult {}
}
