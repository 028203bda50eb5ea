package io.cairnfs.protocol.admission;

import io.cairnfs.protocol.identity.NodeId;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The admission of a closed cluster: peers on the list, and those that prove to have the join
 * token, which are on the list from then on. With neither list nor token nobody is admitted.
 */
public final class ClosedAdmission implements Admission {

  /**
   * Identities that the token brought in; beyond these the proof is checked at every connection.
   */
  private static final int MAX_REMEMBERED = 100_000;

  private static final Logger LOG = LoggerFactory.getLogger(ClosedAdmission.class);
  private static final byte[] NO_PROOF = {};

  private final NodeId self;
  private final Set<NodeId> admitted = ConcurrentHashMap.newKeySet();
  private final @Nullable JoinToken token;
  private final Consumer<NodeId> onAdmitted;

  /**
   * @param allowed admitted without a proof: the configured list and those admitted before
   * @param token the cluster's token; null if this side has none
   * @param onAdmitted called once for each identity that the token brings in, so that it can be
   *     kept; on an I/O thread, so it does not block
   */
  public ClosedAdmission(
      NodeId self, Set<NodeId> allowed, @Nullable JoinToken token, Consumer<NodeId> onAdmitted) {
    this.self = self;
    this.admitted.addAll(allowed);
    this.token = token;
    this.onAdmitted = onAdmitted;
  }

  @Override
  public boolean admits(NodeId peer, byte[] proof) {
    if (admitted.contains(peer)) {
      return true;
    }
    if (token == null || !token.verify(peer, self, proof)) {
      return false;
    }
    if (admitted.size() < MAX_REMEMBERED && admitted.add(peer)) {
      LOG.info("Admitted {}, which has the join token", peer);
      onAdmitted.accept(peer);
    }
    return true;
  }

  @Override
  public byte[] proofFor(NodeId peer) {
    return token == null ? NO_PROOF : token.prove(self, peer);
  }
}
