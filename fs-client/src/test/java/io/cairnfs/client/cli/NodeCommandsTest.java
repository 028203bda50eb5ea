package io.cairnfs.client.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.cairnfs.protocol.admin.AdminMethods;
import io.cairnfs.protocol.admin.message.NodeStatusReply;
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
import io.cairnfs.protocol.transport.Envelope;
import io.cairnfs.protocol.transport.Peer;
import io.cairnfs.protocol.transport.Transport;
import io.cairnfs.protocol.transport.WireError;
import io.cairnfs.protocol.transport.local.LocalNetwork;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands that call a node, against one that keeps blocks in a map. */
final class NodeCommandsTest {

  private static final String HELLO = "bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e";

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
