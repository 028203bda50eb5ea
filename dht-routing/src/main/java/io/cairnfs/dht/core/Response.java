package io.cairnfs.dht.core;

import io.cairnfs.dht.record.NodeRecord;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a node answers. */
public sealed interface Response {

  record Pong() implements Response {}

  /**
   * @param closer the closest live nodes that it knows, closest first
   * @param down the closest that it knows to be down for less than the grace time, closest first
   */
  record Nodes(List<NodeRecord> closer, List<RememberedNode> down) implements Response {

    public Nodes {
      closer = List.copyOf(closer);
      down = List.copyOf(down);
    }
  }

  /**
   * @param stored whether it holds the value now
   * @param newer what it holds instead, if that supersedes it
   */
  record PutOutcome(boolean stored, @Nullable Value newer) implements Response {}

  /**
   * @param value null if it holds none
   */
  record Held(@Nullable Value value) implements Response {}
}
