package io.cairnfs.client.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.cairnfs.protocol.admin.AdminMethods;
import io.cairnfs.protocol.admin.message.ChangeWorkerReply;
import io.cairnfs.protocol.admin.message.ChangeWorkerRequest;
import io.cairnfs.protocol.admin.message.NodeStatusReply;
import io.cairnfs.protocol.admin.message.StoreStatus;
import io.cairnfs.protocol.admin.message.WorkerStatus;
import io.cairnfs.protocol.block.BlockMethods;
import io.cairnfs.protocol.block.message.BlockStat;
import io.cairnfs.protocol.block.message.DeleteBlocksReply;
import io.cairnfs.protocol.block.message.GetBlocksReply;
import io.cairnfs.protocol.block.message.ListPinsReply;
import io.cairnfs.protocol.block.message.PinBlocksReply;
import io.cairnfs.protocol.block.message.PutBlocksReply;
import io.cairnfs.protocol.block.message.StatBlocksReply;
import io.cairnfs.protocol.identity.Identity;
import io.cairnfs.protocol.identity.NodeId;
import io.cairnfs.protocol.repair.RepairMethods;
import io.cairnfs.protocol.repair.message.DrainReply;
import io.cairnfs.protocol.repair.message.DrainRequest;
import io.cairnfs.protocol.transport.Envelope;
import io.cairnfs.protocol.transport.Peer;
import io.cairnfs.protocol.transport.Transport;
import io.cairnfs.protocol.transport.WireError;
import io.cairnfs.protocol.transport.local.LocalNetwork;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands that call a node, against one that keeps blocks in a map. */
@Order(1)
final class NodeCommandsTest {

  private static final String HELLO = "bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e";

  private static final WorkerStatus SCRUB =
      WorkerStatus.newBuilder()
          .setName("scrub")
          .setState("BUSY")
          .setDetail("second pass")
          .setUnit("BYTES")
          .setLeft(1 << 30)
          .setPerSecond(2 << 20)
          .setEtaSeconds(512)
          .setThrottleBytes(5 << 20)
          .setThrottleOrdered(true)
          .build();

  @TempDir private Path directory;

  private final LocalNetwork network = new LocalNetwork();
  private final NodeId nodeId = Identity.generate().id();
  private final Peer node = new Peer(nodeId, List.of());
  private final Map<ByteString, byte[]> blocks = new HashMap<>();
  private final TreeSet<ByteString> pins =
      new TreeSet<>(ByteString.unsignedLexicographicalComparator());
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private NodeStatusReply status = NodeStatusReply.getDefaultInstance();
  private final List<ChangeWorkerRequest> orders = new ArrayList<>();
  private final List<DrainRequest> drains = new ArrayList<>();
  private final ArrayDeque<DrainReply> draining = new ArrayDeque<>();
  private byte[] in = {};

  @BeforeEach
  void startNode() {
    Transport transport = network.join(nodeId);
    transport.handle(
        BlockMethods.PUT,
        (caller, request, timeout) -> {
          ByteString cid = request.message().getCid(0);
          blocks.put(cid, request.bodies().getFirst());
          if (request.message().getPin()) {
            pins.add(cid);
          }
          assertTrue(request.message().getDurable());
          return Envelope.of(PutBlocksReply.newBuilder().setStored(1).build());
        });
    transport.handle(
        BlockMethods.GET,
        (caller, request, timeout) -> {
          byte[] body = blocks.get(request.message().getCid(0));
          return body == null
              ? Envelope.of(GetBlocksReply.newBuilder().addStatus(missing()).build())
              : new Envelope<>(GetBlocksReply.newBuilder().addStatus(0).build(), List.of(body));
        });
    transport.handle(
        BlockMethods.STAT,
        (caller, request, timeout) ->
            Envelope.of(
                StatBlocksReply.newBuilder().addStat(stat(request.message().getCid(0))).build()));
    transport.handle(
        BlockMethods.DELETE,
        (caller, request, timeout) -> {
          ByteString cid = request.message().getCid(0);
          int outcome = pins.contains(cid) ? WireError.PINNED.number() : 0;
          if (outcome == 0) {
            blocks.remove(cid);
          }
          return Envelope.of(DeleteBlocksReply.newBuilder().addStatus(outcome).build());
        });
    transport.handle(
        BlockMethods.PIN,
        (caller, request, timeout) -> {
          ByteString cid = request.message().getCid(0);
          if (request.message().getRemove()) {
            pins.remove(cid);
          } else {
            pins.add(cid);
          }
          return Envelope.of(PinBlocksReply.newBuilder().addStatus(0).build());
        });
    transport.handle(
        BlockMethods.LIST_PINS,
        (caller, request, timeout) -> {
          ByteString after = request.message().getAfter();
          List<ByteString> rest = List.copyOf(after.isEmpty() ? pins : pins.tailSet(after, false));
          return Envelope.of(
              ListPinsReply.newBuilder()
                  .addAllCid(rest.subList(0, Math.min(1, rest.size())))
                  .setMore(rest.size() > 1)
                  .build());
        });
    transport.handle(
        AdminMethods.CHANGE_WORKER,
        (caller, request, timeout) -> Envelope.of(change(request.message())));
    transport.handle(
        RepairMethods.DRAIN,
        (caller, request, timeout) -> {
          drains.add(request.message());
          return Envelope.of(draining.size() > 1 ? draining.removeFirst() : draining.getFirst());
        });
    transport.handle(AdminMethods.NODE_STATUS, (caller, request, timeout) -> Envelope.of(status));
  }

  @AfterEach
  void stopNode() {
    network.close();
  }

  @Test
  void aBlockComesBackAsItWasPut() throws Exception {
    in = "hello world".getBytes(UTF_8);
    assertEquals(ExitCode.OK, run("block", "put"));
    assertEquals(HELLO + "\n", answer());
    assertEquals(ExitCode.OK, run("block", "get", HELLO));
    assertEquals("hello world", answer());
    Path file = directory.resolve("file");
    assertEquals(ExitCode.OK, run("block", "get", HELLO, "-o", file.toString()));
    assertArrayEquals(in, Files.readAllBytes(file));
    assertEquals(ExitCode.OK, run("block", "stat", "--json", HELLO));
    assertEquals(
        "{\"cid\":\""
            + HELLO
            + "\",\"size\":11,\"replication\":1,\"present\":1,\"nodes\":[{\"node\":\""
            + nodeId
            + "\",\"up\":true,\"designated\":true,\"stored\":true,\"pinned\":true}]}\n",
        answer());
  }

  @Test
  void wrongBytesAreNeverPrinted() {
    in = "hello world".getBytes(UTF_8);
    run("block", "put");
    answer();
    blocks.replaceAll((cid, bytes) -> "hello earth".getBytes(UTF_8));
    assertEquals(ExitCode.FAILED, run("block", "get", HELLO));
    assertEquals("", answer());
    assertTrue(err.toString(UTF_8).contains("no replica of block"), () -> err.toString(UTF_8));
  }

  @Test
  void whatIsPinnedStaysUntilItIsUnpinned() {
    in = "hello world".getBytes(UTF_8);
    run("block", "put");
    answer();
    assertEquals(ExitCode.OK, run("block", "rm", HELLO));
    assertEquals("would delete " + HELLO + "\n", answer());
    assertEquals(ExitCode.FAILED, run("block", "rm", "--yes", HELLO));
    assertEquals(
        "cairn: " + HELLO + " on node " + nodeId + ": pinned; unpin it first with cairn pin rm\n",
        err.toString(UTF_8));
    assertEquals(1, blocks.size());
    assertEquals(ExitCode.OK, run("pin", "rm", HELLO));
    assertEquals(ExitCode.OK, run("block", "rm", "--yes", HELLO));
    assertEquals(0, blocks.size());
  }

  @Test
  void listsPinsOverSeveralPages() {
    for (int i = 0; i < 3; i++) {
      in = new byte[] {(byte) i};
      run("block", "put");
    }
    answer();
    assertEquals(ExitCode.OK, run("pin", "ls"));
    assertEquals(3, answer().lines().distinct().count());
  }

  @Test
  void refusesWhatIsLargerThanABlock() {
    in = new byte[(2 << 20) + 1];
    assertEquals(ExitCode.FAILED, run("block", "put"));
    assertTrue(err.toString(UTF_8).contains("standard input is larger"), () -> err.toString(UTF_8));
    assertEquals(0, blocks.size());
  }

  @Test
  void refusesWhatIsNoBlock() {
    assertEquals(ExitCode.FAILED, run("block", "put"));
    assertEquals(
        "cairn: standard input is empty: there is nothing to store\n", err.toString(UTF_8));
    in = new byte[] {1};
    assertEquals(ExitCode.USAGE, run("block", "put", "--replication", "0"));
    assertEquals(0, blocks.size());
    err.reset();
    assertEquals(ExitCode.USAGE, run("block", "stat", "bafkqabtimvwgy3yk"));
    assertTrue(err.toString(UTF_8).contains("no node stores it"), () -> err.toString(UTF_8));
    err.reset();
    // Of BLAKE2b-256.
    String other = "bafk2bzacea73ycjnxe2qov7cvnhx52lzfp6nf5jcblnfus6gqreh6ygganbws";
    assertEquals(ExitCode.USAGE, run("block", "get", other));
    assertTrue(err.toString(UTF_8).contains("unknown hash function"), () -> err.toString(UTF_8));
  }

  @Test
  void saysWhatIsMissing() {
    assertEquals(ExitCode.FAILED, run("block", "get", HELLO));
    assertEquals("cairn: no node has block " + HELLO + "\n", err.toString(UTF_8));
    err.reset();
    assertEquals(ExitCode.FAILED, run("block", "stat", HELLO));
    assertEquals("cairn: " + HELLO + ": no such block here\n", err.toString(UTF_8));
    err.reset();
    assertEquals(ExitCode.USAGE, run("block", "get", "nonsense"));
  }

  private int drain(String... words) {
    List<String> all = new ArrayList<>(List.of("node", "drain"));
    all.addAll(List.of(words));
    all.addAll(List.of("--node", "host", "--token-file", "token"));
    return run(all.toArray(String[]::new));
  }

  @Test
  void aDrainIsFollowedToItsEnd() {
    status = NodeStatusReply.newBuilder().setId("ab12").addAddress("host:7440").build();
    DrainReply half =
        DrainReply.newBuilder()
            .setState(DrainReply.State.DRAINING)
            .setBlocks(10)
            .setBytes(1000)
            .setBlocksLeft(5)
            .setBytesLeft(500)
            .setBytesPerSecond(100)
            .build();
    draining.addAll(
        List.of(
            half,
            half.toBuilder().addWaiting("it votes in 1 cells").build(),
            half.toBuilder().setState(DrainReply.State.DRAINED).setBlocksLeft(0).build()));
    assertEquals(ExitCode.OK, drain("ab1"));
    assertTrue(answer().startsWith("drained: 10 blocks are safe"));
    assertTrue(err.toString(UTF_8).contains("draining: 50 % of 10 blocks"), err.toString(UTF_8));
    assertTrue(err.toString(UTF_8).contains("about 5s to go"), err.toString(UTF_8));
    assertTrue(err.toString(UTF_8).contains("it votes in 1 cells"));
    assertEquals(DrainRequest.Action.START, drains.getFirst().getAction());
    assertEquals(DrainRequest.Action.LOOK, drains.getLast().getAction());

    draining.clear();
    draining.add(DrainReply.newBuilder().setState(DrainReply.State.ACTIVE).build());
    assertEquals(ExitCode.OK, drain("host:7440", "--cancel"));
    assertEquals(DrainRequest.Action.CANCEL, drains.getLast().getAction());
    assertEquals(ExitCode.PARTIAL, drain("ab12"), "somebody else has cancelled it");
  }

  @Test
  void aDrainSaysWhyItCannotBegin() {
    status = NodeStatusReply.newBuilder().setId("ab12").build();
    draining.add(DrainReply.newBuilder().setRefusal("add a node first").build());
    assertEquals(ExitCode.FAILED, drain("ab12", "--force"));
    assertTrue(err.toString(UTF_8).contains("add a node first"));
    assertTrue(drains.getLast().getForce());
    int asked = drains.size();
    err.reset();
    assertEquals(ExitCode.FAILED, drain("cd"));
    assertTrue(err.toString(UTF_8).contains("there are ab12"), err.toString(UTF_8));
    assertEquals(ExitCode.USAGE, drain());
    assertEquals(ExitCode.USAGE, drain("ab", "--cancel", "--force"));
    assertEquals(ExitCode.FAILED, run("node", "drain", "ab"), "the embedded node");
    assertEquals(asked, drains.size());
  }

  @Test
  void aNodeThatComplainsMakesStatusExitWithPartial() {
    assertEquals(ExitCode.OK, run("node", "status"));
    status = NodeStatusReply.newBuilder().setId("ab").addProblem("disk is full").build();
    answer();
    assertEquals(ExitCode.PARTIAL, run("node", "status"));
    assertTrue(answer().contains("disk is full"));
    assertEquals(ExitCode.PARTIAL, run("node", "status", "--json"));
    assertTrue(answer().endsWith("\"problems\":[\"disk is full\"]}\n"));
  }

  private ChangeWorkerReply change(ChangeWorkerRequest request) {
    orders.add(request);
    return request.getName().equals("scrub")
        ? ChangeWorkerReply.newBuilder().setWorker(SCRUB).build()
        : ChangeWorkerReply.newBuilder().setRefusal("no worker like that").build();
  }

  @Test
  void showsWorkersWithTheirRatesAndWhatIsLeft() {
    status = NodeStatusReply.newBuilder().setId("ab").addWorker(SCRUB).build();
    assertEquals(ExitCode.OK, run("node", "workers"));
    assertEquals(
        "scrub  BUSY, 2.0 MiB/s, 1.0 GiB left, done in about 8m 32s, throttled to 5.0 MiB/s;"
            + " second pass\n",
        answer());
    status =
        NodeStatusReply.newBuilder()
            .addWorker(
                SCRUB.toBuilder()
                    .setState("FAILING")
                    .setFailures(3)
                    .setLastError("disk")
                    .setLastErrorMillisAgo(65_000))
            .build();
    assertEquals(ExitCode.PARTIAL, run("node", "workers"));
    assertTrue(answer().contains("3 failures, the last one 1m 5s ago: disk"));
    assertEquals(ExitCode.PARTIAL, run("node", "workers", "--json"));
    String json = answer();
    assertTrue(json.startsWith("{\"name\":\"scrub\",\"state\":\"FAILING\""), json);
    assertTrue(json.contains("\"throttleBytesPerSecond\":5242880"), json);
  }

  @Test
  void givesOrdersToWorkers() {
    assertEquals(ExitCode.OK, run("node", "workers", "pause", "scrub", "scrub"));
    assertEquals(ExitCode.OK, run("node", "workers", "resume", "scrub"));
    assertEquals(ExitCode.OK, run("node", "workers", "throttle", "scrub", "20MiB"));
    assertEquals(ExitCode.OK, run("node", "workers", "throttle", "scrub", "none"));
    ChangeWorkerRequest.Builder scrub = ChangeWorkerRequest.newBuilder().setName("scrub");
    assertEquals(
        List.of(
            scrub.setPaused(true).build(),
            scrub.setPaused(true).build(),
            scrub.setPaused(false).build(),
            scrub.setThrottleBytes(20 << 20).build(),
            scrub.setThrottleBytes(0).build()),
        orders);
    assertEquals(ExitCode.FAILED, run("node", "workers", "pause", "other"));
    assertEquals("cairn: no worker like that\n", err.toString(UTF_8));
    err.reset();
    assertEquals(ExitCode.USAGE, run("node", "workers", "throttle", "scrub", "fast"));
    assertTrue(err.toString(UTF_8).contains("'fast' is no number"), () -> err.toString(UTF_8));
    assertEquals(ExitCode.USAGE, run("node", "workers", "throttle", "scrub", "0"));
    assertEquals(ExitCode.USAGE, run("node", "workers", "pause"));
  }

  @Test
  void statusSaysWhatIsWrongAndHowLongItWillTake() {
    status =
        NodeStatusReply.newBuilder()
            .setId(nodeId.toString())
            .setState("ACTIVE")
            .setStore(StoreStatus.newBuilder().setWritable(true))
            .setUnderReplicatedEtaSeconds(0)
            .build();
    assertEquals(ExitCode.OK, run("status"));
    assertTrue(answer().endsWith("whole: 1 of 1 nodes up, 0 blocks under-replicated\n"));
    status =
        status.toBuilder()
            .setState("DRAINING")
            .setStore(StoreStatus.newBuilder().setQuarantined(2).setGarbageBlocks(3))
            .setUnderReplicated(7)
            .setUnderReplicatedEtaSeconds(90)
            .addWorker(SCRUB)
            .build();
    assertEquals(ExitCode.PARTIAL, run("status"));
    String text = answer();
    assertTrue(text.startsWith("draining  " + nodeId.toString().substring(0, 12)), text);
    assertTrue(text.contains("scrub on " + nodeId.toString().substring(0, 12) + ": BUSY"), text);
    assertTrue(text.contains("2 damaged blocks are in quarantine"), text);
    assertTrue(text.contains("garbage: 3 blocks"), text);
    assertTrue(text.contains("all are there in about 1m 30s"), text);
    assertTrue(text.endsWith("NOT WHOLE: 1 of 1 nodes up, 7 blocks under-replicated\n"), text);
    assertEquals(ExitCode.PARTIAL, run("status", "--json"));
    String json = answer();
    assertTrue(json.contains("\"whole\":false,\"underReplicated\":7,\"etaSeconds\":90"), json);
    status = status.toBuilder().clearUnderReplicatedEtaSeconds().build();
    assertEquals(ExitCode.PARTIAL, run("status"));
    assertTrue(answer().contains("nothing comes back at the moment"));
  }

  private BlockStat stat(ByteString cid) {
    byte[] body = blocks.get(cid);
    return body == null
        ? BlockStat.newBuilder().setStatus(missing()).build()
        : BlockStat.newBuilder().setSizeBytes(body.length).setPinned(pins.contains(cid)).build();
  }

  private static int missing() {
    return WireError.NOT_FOUND.number();
  }

  private String answer() {
    String text = out.toString(UTF_8);
    out.reset();
    return text;
  }

  private int run(String... arguments) {
    Console console = new Console(new ByteArrayInputStream(in), out, err);
    Connector connector =
        access -> new Connector.Connection(network.join(Identity.generate().id()), node);
    return CairnCommand.commandLine(console, connector).execute(arguments);
  }
}
