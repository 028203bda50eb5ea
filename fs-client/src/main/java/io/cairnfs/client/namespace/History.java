package io.cairnfs.client.namespace;

import io.cairnfs.client.wait.Deadline;
import io.cairnfs.protocol.head.ChainHash;
import io.cairnfs.protocol.head.Delta;
import io.cairnfs.protocol.head.Head;
import io.cairnfs.protocol.head.HeadException;
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
    long at = state.rootSequence();
    ChainHash chain = state.rootChain();
    while (at < state.sequence()) {
      List<Delta> deltas = head.deltas(volume, at, Deadline.remaining());
      if (deltas.isEmpty()) {
        throw damaged("the head has no delta after " + at, null);
      }
      for (Delta delta : deltas) {
        if (at == state.sequence()) {
          break; // what others committed meanwhile
        }
        chain = chain.next(delta.sequence(), delta.session(), delta.body());
        if (delta.sequence() != at + 1 || !chain.equals(delta.chain())) {
          throw damaged("delta " + delta.sequence() + " does not continue the history", null);
        }
        sink.accept(decode(delta));
        at = delta.sequence();
      }
    }
    if (!chain.equals(state.chain())) {
      throw damaged("the deltas are not those that the head names", null);
    }
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
