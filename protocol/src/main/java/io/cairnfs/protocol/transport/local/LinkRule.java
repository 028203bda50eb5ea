package io.cairnfs.protocol.transport.local;

import io.cairnfs.protocol.identity.NodeId;
import io.cairnfs.protocol.transport.Method;
import java.time.Duration;

/**
 * Decides what becomes of each request between two members of a {@link LocalNetwork}, so that tests
 * can disturb it.
 */
@FunctionalInterface
public interface LinkRule {

  /** Every request arrives at once. */
  LinkRule PERFECT = (from, to, method) -> new Fate.Deliver(Duration.ZERO);

  /** Called on the request's own virtual thread. */
  Fate fateOf(NodeId from, NodeId to, Method<?, ?> method);

  /** What becomes of a request. */
  sealed interface Fate {

    /** It arrives after a delay. */
    record Deliver(Duration delay) implements Fate {}

    /** It never arrives; the caller learns that from its deadline. */
    record DropRequest() implements Fate {}

    /** It is executed and its reply never arrives. */
    record DropReply() implements Fate {}

    /** It fails at once, as if nobody listened. */
    record Refuse() implements Fate {}
  }
}
