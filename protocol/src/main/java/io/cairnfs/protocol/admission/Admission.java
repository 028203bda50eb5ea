package io.cairnfs.protocol.admission;

import io.cairnfs.protocol.identity.NodeId;

/**
 * Decides whether a peer, whose identity the transport has authenticated, may be spoken to. Each
 * side of a connection asks its own. Thread-safe; called on I/O threads, so it does not block.
 */
public interface Admission {

  /** Most bytes that a proof has. */
  int MAX_PROOF_BYTES = 64;

  /**
   * Whether the peer is admitted.
   *
   * @param proof what the peer offered; empty if nothing
   */
  boolean admits(NodeId peer, byte[] proof);

  /** What this side offers to a peer to be admitted; empty if it has nothing to offer. */
  byte[] proofFor(NodeId peer);
}
