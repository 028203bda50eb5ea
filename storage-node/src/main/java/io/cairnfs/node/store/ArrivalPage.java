package io.cairnfs.node.store;

import java.util.List;

/**
 * Some arrivals, oldest first.
 *
 * @param arrivals of blocks that are still here
 * @param through every arrival up to this sequence was looked at
 * @param more whether there are durable arrivals after it
 */
public record ArrivalPage(List<Arrival> arrivals, long through, boolean more) {

  public ArrivalPage {
    arrivals = List.copyOf(arrivals);
  }
}
