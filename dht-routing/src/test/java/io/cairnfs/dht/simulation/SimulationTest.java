package io.cairnfs.dht.simulation;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairnfs.dht.core.DhtConfig;
import io.cairnfs.dht.core.DhtTiming;
import io.cairnfs.dht.core.LookupResult;
import io.cairnfs.protocol.identity.Key256;
import io.cairnfs.protocol.identity.NodeId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whole networks. A failure is repeated with {@code -Dcairn.simulation.seed=}; {@code
 * -Dcairn.simulation.nodes=} sets the size of the large one.
 */
final class SimulationTest {

  private static final Logger LOG = LoggerFactory.getLogger(SimulationTest.class);

  private static final long SEED = Long.getLong("cairn.simulation.seed", System.nanoTime());
  private static final int LARGE = Integer.getInteger("cairn.simulation.nodes", 10_000);

  /** Large networks are pinged slowly: detecting deaths is not what is measured here. */
  private static final DhtConfig CONFIG =
      DhtConfig.defaults()
          .withTiming(new DhtTiming(60_000, 1_250, 400, 600_000, 3_600_000, 600_000, 3_600_000));

  private static final double LOSS = 0.01;

  /** Starts nodes at a pace at which those before have joined. */
  private static Simulation network(long seed, int nodes, double loss) {
    Simulation network = new Simulation(seed, CONFIG, loss);
    for (int i = 0; i < nodes; i++) {
      network.startNode();
      network.runFor(i < 100 ? 1_000 : 50);
    }
    network.runFor(120_000);
    network.checkInvariants();
    return network;
  }

  private static Verdict report(
      long seed, String name, Simulation network, int lookups, Runnable between) {
    long before = network.messages();
    Verdict verdict = Verdict.of(network, CONFIG.k(), lookups, between);
    LOG.info(
        "seed {}: {}, {} nodes, {} joins: {}; {} messages in all, {} while looking up",
        seed,
        name,
        network.size(),
        network.joined(),
        verdict,
        network.messages(),
        network.messages() - before);
    network.checkInvariants();
    return verdict;
  }

  @Test
  void lookupsFindTheClosestAndHopsGrowWithTheLogarithm() {
    LOG.info("seed {}: 100 and 1,000 nodes, loss {}", SEED, LOSS);
    Verdict hundred = report(SEED, "hundred", network(SEED, 100, LOSS), 200, () -> {});
    Verdict thousand = report(SEED, "thousand", network(SEED, 1_000, LOSS), 200, () -> {});
    for (Verdict verdict : new Verdict[] {hundred, thousand}) {
      assertEquals(200, verdict.lookups());
      assertTrue(verdict.recall() > 0.995, verdict::toString);
      assertTrue(verdict.exact() > 0.93, verdict::toString);
    }
    assertTrue(
        thousand.hops() < hundred.hops() + 2, "ten times the nodes cost at most two hops more");
  }

  @Test
  void withoutLossEveryLookupIsExact() {
    LOG.info("seed {}: 300 nodes, no loss", SEED);
    Verdict verdict = report(SEED, "no loss", network(SEED, 300, 0), 200, () -> {});
    assertEquals(1.0, verdict.exact(), verdict::toString);
  }

  /**
   * The result of a wide lookup answers for all keys near its target: whom it misses, nobody gives
   * a block to.
   */
  @Test
  void aWideLookupMissesNobody() {
    LOG.info("seed {}: 500 nodes, no loss", SEED);
    Simulation network = network(SEED, 500, 0);
    Verdict verdict = Verdict.of(network, 3 * CONFIG.k(), 100, () -> {});
    LOG.info("seed {}: wide: {}", SEED, verdict);
    assertEquals(1.0, verdict.exact(), verdict::toString);
  }

  /** Placement is the same for who knew a node while it was up and for who joined later. */
  @Test
  void newcomersHearOfTheNodesThatAreDown() {
    LOG.info("seed {}: 300 nodes of which 30 die, no loss", SEED);
    Simulation network = network(SEED, 300, 0);
    Set<NodeId> dead = new HashSet<>();
    for (int i = 0; i < 30; i++) {
      dead.add(network.killNode());
    }
    network.runFor(180_000);
    for (int i = 0; i < 20; i++) {
      network.startNode();
      network.runFor(1_000);
    }
    network.runFor(60_000);
    for (int i = 0; i < 50; i++) {
      Key256 key = network.randomKey();
      long operation = network.startLookupByLatest(key, CONFIG.k());
      network.runFor(4_000);
      LookupResult result = requireNonNull(network.result(operation));
      Set<NodeId> known = new HashSet<>();
      result.closest().forEach(node -> known.add(node.id()));
      result.down().forEach(node -> known.add(node.record().id()));
      known.add(network.asker(operation));
      List<NodeId> candidates = new ArrayList<>(dead);
      candidates.addAll(network.closestAlive(key, CONFIG.k()));
      candidates.sort((a, b) -> key.compareDistance(a.key(), b.key()));
      assertTrue(known.containsAll(candidates.subList(0, CONFIG.k())), "seed " + SEED);
    }
  }

  @Test
  void aSeedAlwaysGivesTheSameRun() {
    LOG.info("seed {}: 60 nodes, three times", SEED);
    long first = digestOf(SEED);
    assertEquals(first, digestOf(SEED));
    assertNotEquals(first, digestOf(SEED + 1));
  }

  private static long digestOf(long seed) {
    Simulation network = network(seed, 60, LOSS);
    Verdict.of(
        network,
        CONFIG.k(),
        50,
        () -> {
          network.killNode();
          network.startNode();
        });
    return network.digest();
  }

  /** A tenth of the nodes is replaced while keys are looked up. */
  @Test
  @Tag("extended")
  void aLargeNetworkWithChurn() {
    LOG.info("seed {}: 100, 1,000 and {} nodes, loss {}", SEED, LARGE, LOSS);
    Verdict hundred = report(SEED, "hundred", network(SEED, 100, LOSS), 500, () -> {});
    Verdict thousand = report(SEED, "thousand", network(SEED, 1_000, LOSS), 500, () -> {});
    Simulation network = network(SEED, LARGE, LOSS);
    Verdict large = report(SEED, "large", network, 1_000, () -> {});
    int[] churned = {0};
    Verdict churning =
        report(
            SEED,
            "large with churn",
            network,
            1_000,
            () -> {
              for (int i = 0; i < LARGE / 10_000.0; i++) {
                network.killNode();
                network.startNode();
                churned[0]++;
              }
            });
    LOG.info("seed {}: {} nodes were replaced in 50 s", SEED, churned[0]);
    assertTrue(large.recall() > 0.995, large::toString);
    assertTrue(churning.recall() > 0.97, churning::toString);
    assertTrue(
        thousand.hops() < hundred.hops() + 2, "ten times the nodes cost at most two hops more");
    assertTrue(
        large.hops() < thousand.hops() + 2, "ten times the nodes cost at most two hops more");
  }
}
