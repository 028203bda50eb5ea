package io.cairnfs.dht.core;

import io.cairnfs.dht.record.NodeRecord;
import io.cairnfs.protocol.identity.Key256;
import java.util.List;

/**
 * The end of a lookup.
 *
 * @param target what was looked for
 * @param closest the closest nodes that answered, closest first; this node itself is not among them
 * @param down nodes that did not answer, or are down for less than the grace time as others tell,
 *     in any order
 * @param undisturbed whether everybody who was to be asked answered: if fewer were found than
 *     looked for, then they are all there are
 * @param hops how many nodes had to be asked one after the other to learn of the closest
 * @param messages how many requests were sent
 */
public record LookupResult(
    Key256 target,
    List<NodeRecord> closest,
    List<RememberedNode> down,
    boolean undisturbed,
    int hops,
    int messages) {

  public LookupResult {
    closest = List.copyOf(closest);
    down = List.copyOf(down);
  }
}
