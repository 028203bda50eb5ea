package io.cairnfs.client.head;

import io.cairnfs.protocol.head.Founding;
import io.cairnfs.protocol.transport.Peer;
import java.util.List;

/** Where the head of a volume is. Thread-safe. */
@FunctionalInterface
public interface HeadPlace {

  /** The voters, as far as they are known; asked before each attempt. The likeliest come first. */
  List<Peer> voters();

  /** A voter says by the volume's own record where it is now. */
  default void moved(Founding to) {}

  /**
   * Perhaps the voters are not the volume's any more: none of them answers, or they say that a node
   * leads which is none of them. Does not wait.
   */
  default void doubtful() {}
}
