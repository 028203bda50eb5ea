package io.cairnfs.dht.core;

import io.cairnfs.dht.record.NodeRecord;
import io.cairnfs.protocol.identity.NodeId;
import io.cairnfs.protocol.transport.Peer;
import org.jspecify.annotations.Nullable;

/** What the core wants done, or has to say. */
public sealed interface Output {

  /** Send a request, and feed back one {@link Input.Replied} or {@link Input.Failed} for it. */
  record Send(long requestId, Peer to, Request request) implements Output {}

  /** Answer the request of an {@link Input.Asked}. */
  record Answer(long token, Response response) implements Output {}

  record LookupDone(long operation, LookupResult result) implements Output {}

  /**
   * @param value the valid value of the highest sequence; null if nobody had one
   * @param answered how many nodes answered
   * @param asked how many nodes, this one included, are closest to the key
   */
  record ReadDone(long operation, @Nullable Value value, int answered, int asked)
      implements Output {}

  /**
   * @param stored how many nodes hold it
   * @param asked how many nodes, this one included, are closest to the key
   * @param newer a value that supersedes it, if one was met
   */
  record WriteDone(long operation, int stored, int asked, @Nullable Value newer)
      implements Output {}

  /** Too many operations are in flight. */
  record Refused(long operation) implements Output {}

  /**
   * The first look at the own neighbourhood is complete, or there is nobody to join. Once per run.
   */
  record Joined() implements Output {}

  /** A node entered the table, or answers again. */
  record Up(NodeRecord node) implements Output {}

  /** A known node published a new version of its record. */
  record Changed(NodeRecord node) implements Output {}

  /** A node does not answer any more; it stays known for the grace time. */
  record Down(NodeId node) implements Output {}

  /** A node left the table. */
  record Forgotten(NodeId node) implements Output {}

  /** Keep a value over restarts. */
  record Keep(Value value) implements Output {}

  /**
   * Others know a higher version of this node's own record than it publishes, such as after a clock
   * was set back.
   *
   * @param version what the next version must exceed
   */
  record SelfOutdated(long version) implements Output {}
}
