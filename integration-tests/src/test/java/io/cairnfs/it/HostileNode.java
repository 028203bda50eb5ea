package io.cairnfs.it;

import io.cairnfs.dht.record.NodeRole;
import io.cairnfs.node.Node;
import io.cairnfs.node.config.HeadSettings;
import io.cairnfs.node.config.NodeConfig;
import io.cairnfs.node.config.RepairSettings;
import io.cairnfs.node.config.ScrubSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * A process with the node that hostile peers meet: a real one, in a cluster of its own. It prints
 * its port and its id, and runs until its input ends.
 */
final class HostileNode {

  private HostileNode() {}

  /** Takes the data directory. */
  public static void main(String[] arguments) throws IOException {
    NodeConfig config =
        new NodeConfig(
            Path.of(arguments[0]),
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            List.of(),
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            "",
            OptionalLong.empty(),
            NodeConfig.DEFAULT_GRACE,
            EnumSet.of(NodeRole.STORES_BLOCKS, NodeRole.VOTES),
            NodeConfig.Memory.MODERATE,
            List.of(),
            Optional.empty(),
            Set.of(),
            HeadSettings.DEFAULT,
            ScrubSettings.DEFAULT,
            RepairSettings.DEFAULT);
    try (Node node = Node.start(config, "test")) {
      System.out.println(node.address().getPort() + " " + node.id());
      while (System.in.read() >= 0) {
        // runs on
      }
    }
  }
}
