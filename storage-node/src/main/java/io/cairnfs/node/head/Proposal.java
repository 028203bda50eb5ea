package io.cairnfs.node.head;

import io.cairnfs.protocol.head.message.Command;

/**
 * A command before it has a number and a time.
 *
 * @param command without its time
 * @param bodies joined bodies of a commit, not changed any more; empty for other commands
 */
@SuppressWarnings("ArrayRecordComponent") // compared nowhere
public record Proposal(Command.Builder command, byte[] bodies) {

  /** Renewals need not survive a crash: all leases begin anew after one. */
  boolean mustBeDurable() {
    return !command.hasRenew();
  }
}
