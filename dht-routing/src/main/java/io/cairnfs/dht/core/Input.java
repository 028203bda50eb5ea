package io.cairnfs.dht.core;

import io.cairnfs.dht.record.NodeRecord;
import io.cairnfs.protocol.identity.Key256;
import io.cairnfs.protocol.identity.NodeId;
import io.cairnfs.protocol.transport.Peer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What can happen to the core. Records have been verified by whoever makes an input. */
public sealed interface Input {

  /** {@link DhtConfig#tickMillis} passed since the last one. */
  record Tick() implements Input {}

  /**
   * A peer asks; answered by exactly one {@link Output.Answer} in the outputs of this input.
   *
   * @param token names the request to the driver
   * @param sender the asking node's own record, authenticated; null from a client
   */
  record Asked(long token, @Nullable NodeRecord sender, Request request) implements Input {}

  /**
   * A request was answered. A second answer to it, or one after its failure, is ignored.
   *
   * @param responder the answering node's record
   */
  record Replied(long requestId, NodeRecord responder, Response response) implements Input {}

  /** A request was not answered in time, or with an error, or with nonsense. */
  record Failed(long requestId) implements Input {}

  /**
   * Find the nodes closest to a target; ends in one {@link Output.LookupDone} or {@link
   * Output.Refused}.
   *
   * @param operation names it to the driver
   * @param width how many nodes to find
   */
  record StartLookup(long operation, Key256 target, int width) implements Input {}

  /** Read a value; ends in one {@link Output.ReadDone} or {@link Output.Refused}. */
  record StartRead(long operation, Key256 key) implements Input {}

  /** Store a value; ends in one {@link Output.WriteDone} or {@link Output.Refused}. */
  record StartWrite(long operation, Value value) implements Input {}

  /** More ways into the network; ids may be unknown. */
  record JoinBy(List<Peer> bootstrap) implements Input {

    public JoinBy {
      bootstrap = List.copyOf(bootstrap);
    }
  }

  /** This node's own record has a new version. */
  record SelfChanged(NodeRecord self) implements Input {}

  /** The data path got no answer from a node. */
  record Suspect(NodeId node) implements Input {}

  /** What an earlier run knew: peers, and values kept for others. */
  record Remember(List<RememberedNode> nodes, List<Value> values) implements Input {

    public Remember {
      nodes = List.copyOf(nodes);
      values = List.copyOf(values);
    }
  }
}
