package io.cairnfs.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.cairnfs.dht.Locator;
import io.cairnfs.dht.record.NodeDescription;
import io.cairnfs.dht.record.NodeRecord;
import io.cairnfs.dht.record.RecordSigner;
import io.cairnfs.node.config.NodeConfig;
import io.cairnfs.node.config.NodeConfigFile;
import io.cairnfs.node.store.TestBlocks;
import io.cairnfs.protocol.admission.ClosedAdmission;
import io.cairnfs.protocol.admission.JoinToken;
import io.cairnfs.protocol.block.Block;
import io.cairnfs.protocol.block.BlockMethods;
import io.cairnfs.protocol.block.message.PutBlocksRequest;
import io.cairnfs.protocol.identity.Identity;
import io.cairnfs.protocol.identity.Key256;
import io.cairnfs.protocol.identity.NodeId;
import io.cairnfs.protocol.transport.Envelope;
import io.cairnfs.protocol.transport.Peer;
import io.cairnfs.protocol.transport.WireError;
import io.cairnfs.protocol.transport.WireException;
import io.cairnfs.protocol.transport.netty.NettyTransport;
import io.cairnfs.protocol.transport.netty.TransportConfig;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Nodes on loopback with their real transport and stores, and a list in memory instead of a DHT.
 */
final class NodeTest {

  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final long PATIENCE_NANOS = 60_000_000_000L;

  @TempDir Path directory;

  private final Registry registry = new Registry();

  /** A cluster's members in memory. */
  private static final class Registry implements Locator {
    private final Map<NodeId, NodeRecord> records = new ConcurrentHashMap<>();
    private final Set<NodeId> up = ConcurrentHashMap.newKeySet();

    Membership membership(RecordSigner signer) {
      return new Membership() {
        @Override
        public void join(NodeDescription self, List<InetSocketAddress> bootstrap) {
          records.put(signer.id(), NodeRecord.sign(self, signer));
          up.add(signer.id());
        }

        @Override
        public void announceSpace(long capacityBytes, long freeBytes) {}

        @Override
        public Locator locator() {
          return Registry.this;
        }

        @Override
        public void close() {
          up.remove(signer.id());
        }
      };
    }

    @Override
    public List<NodeRecord> candidates(Key256 key, Duration timeout) {
      return List.copyOf(records.values());
    }

    @Override
    public List<NodeRecord> lookUp(Key256 key, Duration timeout) {
      return candidates(key, timeout);
    }

    @Override
    public Collection<NodeRecord> known() {
      return records.values();
    }

    @Override
    public boolean isUp(NodeId node) {
      return up.contains(node);
    }

    @Override
    public void suspect(NodeId node) {}
  }

  private NodeConfig config(String name, @Nullable Path token) throws IOException {
    String toml =
        "[node]\ndata = \"" + name + "\"\nlisten = \"127.0.0.1:0\"\nhttp = \"127.0.0.1:0\"\n";
    if (token != null) {
      toml += "[cluster]\ntoken-file = \"" + token + "\"\n";
    }
    return NodeConfigFile.read(Files.writeString(directory.resolve(name + ".toml"), toml));
  }

  private Node start(NodeConfig config) throws IOException {
    return Node.start(config, "test", (transport, signer) -> registry.membership(signer));
  }

  private static NettyTransport client(NodeId node, @Nullable JoinToken token) {
    Identity identity = Identity.generate();
    return NettyTransport.open(
        identity,
        new ClosedAdmission(identity.id(), Set.of(node), token, admitted -> {}),
        TransportConfig.defaults());
  }

  private static void put(NettyTransport client, Node node, List<Block> blocks)
      throws WireException, InterruptedException {
    PutBlocksRequest.Builder request =
        PutBlocksRequest.newBuilder().setDurable(true).setReplication(2);
    blocks.forEach(block -> request.addCid(ByteString.copyFrom(block.cid().toBytes())));
    client.request(
        new Peer(node.id(), List.of(node.address())),
        BlockMethods.PUT,
        new Envelope<>(request.build(), blocks.stream().map(Block::bytes).toList()),
        TIMEOUT);
  }

  private static void await(Node node, long blocks, long underReplicated) throws Exception {
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    while (node.status().getStore().getBlocks() != blocks
        || node.status().getUnderReplicated() != underReplicated) {
      assertTrue(System.nanoTime() < deadline, node.status()::toString);
      Thread.sleep(100);
    }
  }

  @Test
  void aNodeThatWasAwayBecomesWhole() throws Exception {
    try (Node a = start(config("a", null))) {
      Path tokenFile = directory.resolve("a/join-token");
      NodeConfig second = config("b", tokenFile);
      NodeId b;
      try (Node node = start(second)) {
        b = node.id();
      }
      try (NettyTransport client = client(a.id(), JoinToken.load(tokenFile))) {
        put(client, a, TestBlocks.random(1, 30, 100_000));
      }
      await(a, 30, 30);
      try (Node node = start(second)) {
        assertEquals(b, node.id());
        await(node, 30, 0);
        await(a, 30, 0);
        assertEquals(List.of(), a.status().getProblemList());
      }
    }
  }

  @Test
  void strangersAreNotServed() throws Exception {
    try (Node node = start(config("a", null));
        NettyTransport stranger = client(node.id(), JoinToken.generate())) {
      WireException refused =
          assertThrows(WireException.class, () -> put(stranger, node, TestBlocks.random(1, 1, 10)));
      assertEquals(WireError.NOT_ADMITTED, refused.error());
    }
  }

  @Test
  void whoEnteredByTheTokenStaysAMember() throws Exception {
    NodeConfig config = config("a", null);
    Identity identity = Identity.generate();
    for (boolean first : List.of(true, false)) {
      try (Node node = start(config)) {
        JoinToken token = first ? JoinToken.load(directory.resolve("a/join-token")) : null;
        try (NettyTransport client =
            NettyTransport.open(
                identity,
                new ClosedAdmission(identity.id(), Set.of(node.id()), token, admitted -> {}),
                TransportConfig.defaults())) {
          put(client, node, TestBlocks.random(1, 1, 10));
        }
      }
    }
  }

  @Test
  void tellsOperatorsHowItIs() throws Exception {
    try (Node node = start(config("a", null))) {
      String metrics = get(node, "/metrics");
      for (String name :
          List.of(
              "cairn_store_blocks",
              "cairn_store_bytes",
              "cairn_store_quarantined",
              "cairn_under_replicated",
              "cairn_block_puts_total",
              "cairn_block_gets_total",
              "cairn_block_in_bytes_total",
              "cairn_block_out_bytes_total",
              "cairn_block_corrupt_total",
              "cairn_block_put_seconds",
              "cairn_peers",
              "cairn_rocksdb_blob_files_bytes",
              "jvm_memory_used_bytes")) {
        assertTrue(metrics.contains("\n" + name), name + " is missing in " + metrics);
      }
      String status = get(node, "/status");
      assertTrue(status.contains("\"id\":\"" + node.id() + "\""), status);
      assertTrue(status.contains("\"underReplicated\":0"), status);
      assertEquals("ok\n", get(node, "/health"));
    }
  }

  private static String get(Node node, String path) throws IOException {
    InetSocketAddress address = node.httpAddress().orElseThrow();
    URI uri = URI.create("http://127.0.0.1:" + address.getPort() + path);
    HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
    try (InputStream body = connection.getInputStream()) {
      return new String(body.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void aFailedStartLeavesNothingLocked() throws Exception {
    NodeConfig broken = config("a", directory.resolve("no-such-token"));
    assertThrows(IOException.class, () -> start(broken));
    start(config("a", null)).close();
  }
}
