package io.cairnfs.dht.core;

import io.cairnfs.dht.record.NodeRecord;
import io.cairnfs.protocol.identity.Key256;
import java.util.List;

/**
 * The end of a lookup.
 *
 * @param target what was looked for
 * @param closest the closest nodes that answered, closest first; this node itself is not among them
 * @param hops how many nodes had to be asked one after the other to learn of the closest
 * @param messages how many requests were sent
 */
public record LookupResult(Key256 target, List<NodeRecord> closest, int hops, int messages) {

  public LookupResult {
    closest = List.copyOf(closest);
  }
}
