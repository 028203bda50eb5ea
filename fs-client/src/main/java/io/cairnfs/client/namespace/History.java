package io.cairnfs.client.namespace;

import io.cairnfs.client.wait.Deadline;
import io.cairnfs.protocol.head.ChainHash;
import io.cairnfs.protocol.head.Delta;
import io.cairnfs.protocol.head.Head;
import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.head.HeadLimits;
import io.cairnfs.protocol.head.HeadState;
import io.cairnfs.protocol.head.VolumeId;
import io.cairnfs.protocol.ipld.CborException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The deltas of a volume since its root, as its head has them. Blocking. */
record History(Head head, VolumeId volume) {

  /** Takes the mutations of one delta. */
  @FunctionalInterface
  interface Sink {
    void accept(List<Mutation> mutations) throws NamespaceException, InterruptedException;
  }

  /**
   * Gives the deltas between the root and a state, in order, each checked against the hash of the
   * history.
   *
   * @throws HeadException also {@code REFUSED} if they were folded meanwhile
   * @throws NamespaceException {@code DAMAGED} if they are not those that the state names
   */
  void replay(HeadState state, Sink sink)
      throws HeadException, NamespaceException, InterruptedException {
    replay(state, state.sequence(), sink);
  }

  /**
   * As the other one, through a sequence that is not after the state's.
   *
   * @return what these deltas count as unfolded
   */
  long replay(HeadState state, long through, Sink sink)
      throws HeadException, NamespaceException, InterruptedException {
    long bytes = 0;
    long at = state.rootSequence();
    ChainHash chain = state.rootChain();
    while (at < through) {
      List<Delta> deltas = head.deltas(volume, at, Deadline.remaining());
      if (deltas.isEmpty()) {
        throw damaged("the head has no delta after " + at, null);
      }
      for (Delta delta : deltas) {
        if (at == through) {
          break; // what came after
        }
        chain = chain.next(delta.sequence(), delta.session(), delta.body());
        if (delta.sequence() != at + 1 || !chain.equals(delta.chain())) {
          throw damaged("delta " + delta.sequence() + " does not continue the history", null);
        }
        sink.accept(decode(delta));
        at = delta.sequence();
        bytes += delta.body().length + HeadLimits.DELTA_OVERHEAD_BYTES;
      }
    }
    if (through == state.sequence() && !chain.equals(state.chain())) {
      throw damaged("the deltas are not those that the head names", null);
    }
    return bytes;
  }

  private static List<Mutation> decode(Delta delta) throws NamespaceException {
    try {
      return MutationCodec.decode(delta.body());
    } catch (CborException e) {
      throw damaged("delta " + delta.sequence() + ": " + e.getMessage(), e);
    }
  }

  private static NamespaceException damaged(String message, @Nullable Throwable cause) {
    return new NamespaceException(NamespaceException.Reason.DAMAGED, message, cause);
  }
}
