package io.cairnfs.node;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.cairnfs.dht.Locator;
import io.cairnfs.dht.record.NodeDescription;
import io.cairnfs.dht.record.NodeRecord;
import io.cairnfs.dht.record.NodeState;
import io.cairnfs.dht.record.RecordSigner;
import io.cairnfs.node.cell.CellDirectory;
import io.cairnfs.node.cell.MemoryCellDirectory;
import io.cairnfs.node.config.NodeConfig;
import io.cairnfs.node.config.NodeConfigFile;
import io.cairnfs.node.head.VolumeDirectory;
import io.cairnfs.node.store.TestBlocks;
import io.cairnfs.protocol.admin.AdminMethods;
import io.cairnfs.protocol.admin.message.ChangeWorkerReply;
import io.cairnfs.protocol.admin.message.ChangeWorkerRequest;
import io.cairnfs.protocol.admin.message.WorkerStatus;
import io.cairnfs.protocol.admission.ClosedAdmission;
import io.cairnfs.protocol.admission.JoinToken;
import io.cairnfs.protocol.block.Block;
import io.cairnfs.protocol.block.BlockMethods;
import io.cairnfs.protocol.block.message.GetBlocksRequest;
import io.cairnfs.protocol.block.message.PutBlocksRequest;
import io.cairnfs.protocol.head.Founding;
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
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Nodes on loopback with their real transport and stores, and a list in memory instead of a DHT.
 */
@Order(1)
final class NodeTest {

  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final long PATIENCE_NANOS = 60_000_000_000L;

  @TempDir Path directory;

  private final Registry registry = new Registry();

  /** A cluster's members in memory. */
  private static final class Registry implements Locator {
    private final Map<NodeId, NodeRecord> records = new ConcurrentHashMap<>();
    private final Set<NodeId> up = ConcurrentHashMap.newKeySet();
    private final CellDirectory cells = new MemoryCellDirectory();

    Membership membership(RecordSigner signer) {
      return new Membership() {
        @Override
        public void join(NodeDescription self, List<InetSocketAddress> bootstrap) {
          records.put(signer.id(), NodeRecord.sign(self, signer));
          up.add(signer.id());
        }

        @Override
        public void announceState(NodeState state) {}

        @Override
        public void announceSpace(long capacityBytes, long freeBytes) {}

        @Override
        public Locator locator() {
          return Registry.this;
        }

        @Override
        public List<Founding> foundings() {
          return List.of();
        }

        @Override
        public VolumeDirectory volumes() {
          return VolumeDirectory.NONE;
        }

        @Override
        public CellDirectory cells() {
          return cells;
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
    return config(name, token, "");
  }

  /**
   * @param more lines of the section {@code node}
   */
  private NodeConfig config(String name, @Nullable Path token, String more) throws IOException {
    String toml =
        "[node]\ndata = \"" + name + "\"\nlisten = \"127.0.0.1:0\"\nhttp = \"127.0.0.1:0\"\n";
    toml += more;
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

  /** One in a segment and one in the database; nobody reads them. */
  @Test
  void flippedBytesAreFoundByScrubAndHealedFromAReplica() throws Exception {
    List<Block> blocks = List.of(TestBlocks.random(1, 200_000), TestBlocks.random(2, 20_000));
    String often = "scrub = \"4s\"\n";
    try (Node a = start(config("a", null))) {
      Path token = directory.resolve("a/join-token");
      NodeConfig second = config("b", token, often);
      try (Node b = start(second);
          NettyTransport client = client(a.id(), JoinToken.load(token))) {
        put(client, a, blocks);
        await(b, 2, 0);
      }
      start(second).close(); // which writes the small one into a file
      for (Block block : blocks) {
        assertEquals(1, flip(directory.resolve("b"), block), "places of " + block.cid());
      }
      try (Node b = start(second)) {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (damaged(b) < 2) {
          assertTrue(System.nanoTime() < deadline, b.status()::toString);
          Thread.sleep(20);
        }
        await(b, 2, 0);
        assertEquals(0, b.status().getStore().getQuarantined());
        assertTrue(get(b, "/metrics").contains("\ncairn_scrub_pass_damaged "));
        try (NettyTransport client = client(b.id(), JoinToken.load(token))) {
          for (Block block : blocks) {
            assertArrayEquals(block.bytes(), read(client, b, block));
          }
        }
      }
    }
  }

  private static byte[] read(NettyTransport client, Node node, Block block)
      throws WireException, InterruptedException {
    GetBlocksRequest request =
        GetBlocksRequest.newBuilder().addCid(ByteString.copyFrom(block.cid().toBytes())).build();
    return client
        .request(
            new Peer(node.id(), List.of(node.address())),
            BlockMethods.GET,
            Envelope.of(request),
            TIMEOUT)
        .bodies()
        .getFirst();
  }

  /** In the pass under way or the last one, of those that the node has noticed so far. */
  private long damagedSoFar;

  private long damaged(Node node) throws Exception {
    damagedSoFar = Math.max(damagedSoFar, node.status().getScrub().getPass().getDamaged());
    return damagedSoFar;
  }

  private record Found(Path file, int offset) {}

  private static List<Found> find(Path data, byte[] body) throws IOException {
    List<Found> found = new ArrayList<>();
    byte[] start = Arrays.copyOf(body, 64);
    try (Stream<Path> files = Files.walk(data)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        boolean holdsBodies =
            file.toString().endsWith(".blob") || file.toString().endsWith(".segment");
        byte[] bytes = holdsBodies ? Files.readAllBytes(file) : new byte[0];
        for (int at = 0; at + body.length <= bytes.length; at++) {
          if (bytes[at] == start[0]
              && Arrays.equals(bytes, at, at + start.length, start, 0, start.length)
              && Arrays.equals(bytes, at, at + body.length, body, 0, body.length)) {
            found.add(new Found(file, at));
          }
        }
      }
    }
    return found;
  }

  /** Flips a byte in each place where a body is on the disk; returns how many there were. */
  private static int flip(Path data, Block block) throws IOException {
    List<Found> places = find(data, block.bytes());
    for (Found place : places) {
      try (FileChannel file = FileChannel.open(place.file(), StandardOpenOption.WRITE)) {
        byte flipped = (byte) (block.bytes()[100] ^ 1);
        file.write(ByteBuffer.wrap(new byte[] {flipped}), place.offset() + 100);
      }
    }
    return places.size();
  }

  @Test
  void ordersForWorkersOutliveARestart() throws Exception {
    NodeConfig config = config("a", null);
    for (boolean first : List.of(true, false)) {
      try (Node node = start(config);
          NettyTransport client =
              client(node.id(), JoinToken.load(directory.resolve("a/join-token")))) {
        if (first) {
          assertEquals("", order(client, node, "scrub", true).getRefusal());
          String refusal = order(client, node, "scrubb", true).getRefusal();
          assertTrue(refusal.contains("it has backlog, "), refusal);
        }
        WorkerStatus scrub =
            node.status().getWorkerList().stream()
                .filter(worker -> worker.getName().equals("scrub"))
                .findFirst()
                .orElseThrow();
        assertEquals("PAUSED", scrub.getState());
      }
    }
  }

  private static ChangeWorkerReply order(
      NettyTransport client, Node node, String worker, boolean paused)
      throws WireException, InterruptedException {
    ChangeWorkerRequest request =
        ChangeWorkerRequest.newBuilder().setName(worker).setPaused(paused).build();
    return client
        .request(
            new Peer(node.id(), List.of(node.address())),
            AdminMethods.CHANGE_WORKER,
            Envelope.of(request),
            TIMEOUT)
        .message();
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
              "cairn_worker_runs_total{worker=\"repair\"}",
              "cairn_worker_failures_total{worker=\"repair\"}",
              "cairn_worker_state{state=\"paused\",worker=\"repair\"} 0",
              "cairn_worker_left_blocks{worker=\"garbage\"}",
              "cairn_worker_moved_bytes_total{worker=\"compaction\"}",
              "cairn_worker_throttle_bytes_per_second{worker=\"compaction\"}",
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
