package io.cairnfs.dht.simulation;

import io.cairnfs.dht.core.LookupResult;
import io.cairnfs.protocol.identity.Key256;
import io.cairnfs.protocol.identity.NodeId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What lookups of random keys found.
 *
 * @param lookups how many there were
 * @param exact the share that found exactly the k closest
 * @param recall the share of the true closest that was found
 * @param hops nodes asked one after the other until the closest was known, on average
 * @param maxHops of any lookup
 * @param messages requests per lookup, on average
 * @param millis time per lookup, on average
 */
record Verdict(
    int lookups,
    double exact,
    double recall,
    double hops,
    int maxHops,
    double messages,
    double millis) {

  /** A second of simulated time is spread over so many lookups. */
  private static final int PER_SECOND = 20;

  /** Long enough for every lookup to end. */
  private static final long LAST_MILLIS = 15_000;

  private record Asked(Key256 target, List<NodeId> truth) {}

  /**
   * Looks up random keys from random nodes.
   *
   * @param width how many nodes each looks for
   * @param between what happens after each, such as churn
   */
  static Verdict of(Simulation network, int width, int lookups, Runnable between) {
    Map<Long, Asked> asked = new HashMap<>();
    List<Long> operations = new ArrayList<>();
    for (int i = 0; i < lookups; i++) {
      Key256 target = network.randomKey();
      List<NodeId> truth = network.closestAlive(target, width);
      long operation = network.startLookup(target, width);
      operations.add(operation);
      asked.put(operation, new Asked(target, truth));
      network.runFor(1000 / PER_SECOND);
      between.run();
    }
    network.runFor(LAST_MILLIS);
    return judge(network, operations, asked);
  }

  private static Verdict judge(Simulation network, List<Long> operations, Map<Long, Asked> asked) {
    int done = 0;
    int exact = 0;
    int wanted = 0;
    int found = 0;
    long hops = 0;
    int maxHops = 0;
    long messages = 0;
    long millis = 0;
    for (long operation : operations) {
      LookupResult result = network.result(operation);
      Asked question = asked.get(operation);
      if (result == null || question == null) {
        continue; // Its node died.
      }
      done++;
      Set<NodeId> answer = new HashSet<>();
      result.closest().forEach(node -> answer.add(node.id()));
      // Who died meanwhile, or asks, cannot be found.
      List<NodeId> truth =
          question.truth.stream()
              .filter(id -> network.isAlive(id) && !id.equals(network.asker(operation)))
              .toList();
      long hits = truth.stream().filter(answer::contains).count();
      wanted += truth.size();
      found += (int) hits;
      exact += hits == truth.size() ? 1 : 0;
      hops += result.hops();
      maxHops = Math.max(maxHops, result.hops());
      messages += result.messages();
      millis += network.takenMillis(operation);
    }
    double n = Math.max(1, done);
    return new Verdict(
        done,
        exact / n,
        found / (double) Math.max(1, wanted),
        hops / n,
        maxHops,
        messages / n,
        millis / n);
  }

  @Override
  public String toString() {
    return String.format(
        "%d lookups: exact %.4f, recall %.5f, hops %.2f (max %d), %.1f messages and %.0f ms per"
            + " lookup",
        lookups, exact, recall, hops, maxHops, messages, millis);
  }
}
