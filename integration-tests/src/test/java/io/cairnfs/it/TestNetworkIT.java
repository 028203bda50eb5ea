package io.cairnfs.it;

import io.cairnfs.it.TestNetwork.Host;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A cluster on hosts of its own: what is cut off is missed, and comes back. */
@Timeout(300)
final class TestNetworkIT {

  private static final int PARTIAL = 3;

  @Test
  @Tag("extended")
  void hostsAreCutOffAndComeBack() throws Exception {
    TestNetwork.assumePossible();
    try (TestNetwork network = TestNetwork.open(4)) {
      List<Host> hosts = network.hosts();
      List<Cairn> operators = new ArrayList<>();
      for (Host host : hosts.subList(0, 3)) {
        operators.add(Cairn.operator().on(host));
      }
      try (TestCluster cluster = TestCluster.start(operators)) {
        Cairn cairn = Cairn.of(cluster).on(hosts.get(3));
        cluster.awaitWhole(cairn);
        network.cut(hosts.get(3), hosts.get(1));
        cairn.run("status").expect(PARTIAL);
        network.heal();
        cluster.awaitWhole(cairn);
        network.isolate(hosts.get(2));
        cairn.run("status").expect(PARTIAL);
        network.heal();
        cluster.awaitWhole(cairn);
      }
    }
  }
}
