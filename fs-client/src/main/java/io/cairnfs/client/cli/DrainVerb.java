package io.cairnfs.client.cli;

import io.cairnfs.protocol.admin.message.NodeStatusReply;
import io.cairnfs.protocol.admin.message.PeerStatus;
import io.cairnfs.protocol.identity.Identity;
import io.cairnfs.protocol.repair.message.DrainReply;
import io.cairnfs.protocol.repair.message.DrainRequest.Action;
import io.cairnfs.protocol.transport.Peer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code cairn node drain}: has a node copy what it holds to others, and then leave. */
@Command(
    name = "drain",
    description = {
      "Have a node leave the cluster: it takes nothing new, its blocks are copied to others, and"
          + " when all of them are safe it may be stopped.",
      "Waits until then; an interrupt ends the wait, not the drain."
    },
    footer = {
      "",
      "Examples:",
      "  cairn node drain 3f2a9c --node host:7440 --token-file token",
      "  cairn node drain host3:7440 --detach",
      "  cairn node drain --data /srv/n3 --cancel"
    })
final class DrainVerb extends Verb {

  private static final Duration POLL = Duration.ofMillis(500);
  private static final int PERCENT = 100;

  @Parameters(
      paramLabel = "NODE",
      arity = "0..1",
      description = "The beginning of its id, or where it listens.")
  private @Nullable String node;

  @Option(
      names = "--data",
      paramLabel = "DIRECTORY",
      description = "The node with this data directory.")
  private @Nullable Path data;

  @Option(names = "--cancel", description = "Let it stay, with all that it has.")
  private boolean cancel;

  @Option(names = "--show", description = "Only say how far it is.")
  private boolean show;

  @Option(names = "--detach", description = "Start it, and do not wait.")
  private boolean detach;

  @Option(
      names = "--force",
      description = "Start although blocks will have fewer replicas than they should.")
  private boolean force;

  @Mixin private AccessOptions access = new AccessOptions();

  @Override
  public Integer call() throws CommandException, IOException, InterruptedException {
    if ((node == null) == (data == null)) {
      throw new CommandException(ExitCode.USAGE, "name one node, by NODE or by --data", null);
    }
    if (cancel && (show || detach || force)) {
      throw new CommandException(
          ExitCode.USAGE, "--cancel goes with neither --show, --detach nor --force", null);
    }
    ClusterAccess cluster = access.resolve();
    if (cluster.nodes().isEmpty()) {
      throw new CommandException(
          "the embedded node is alone and cannot be drained; name a cluster with --node HOST:PORT");
    }
    try (Connector.Connection connection = root().connector().connect(cluster)) {
      return drain(target(connection));
    }
  }

  private int drain(NodeClient target) throws CommandException, IOException, InterruptedException {
    DrainReply reply =
        target.drain(cancel ? Action.CANCEL : show ? Action.LOOK : Action.START, force);
    if (!reply.getRefusal().isEmpty()) {
      throw new CommandException("it is not drained: " + reply.getRefusal());
    }
    boolean wait = !cancel && !show && !detach;
    String told = "";
    while (wait && reply.getState() == DrainReply.State.DRAINING) {
      String line = text(reply);
      if (!line.equals(told)) {
        err().println(line);
        err().flush();
        told = line;
      }
      Thread.sleep(POLL);
      reply = target.drain(Action.LOOK, false);
    }
    answer(text(reply), fields(reply));
    if (wait && reply.getState() != DrainReply.State.DRAINED) {
      return ExitCode.PARTIAL; // somebody has cancelled it
    }
    return ExitCode.OK;
  }

  private NodeClient target(Connector.Connection connection)
      throws CommandException, IOException, InterruptedException {
    String wanted = data == null ? String.valueOf(node) : idOf(data);
    NodeStatusReply first = new NodeClient(connection.transport(), connection.node()).status();
    Map<String, List<String>> matching = new LinkedHashMap<>();
    if (matches(wanted, first.getId(), first.getAddressList())) {
      matching.put(first.getId(), first.getAddressList());
    }
    for (PeerStatus peer : first.getPeerList()) {
      if (matches(wanted, peer.getId(), peer.getAddressList())) {
        matching.put(peer.getId(), peer.getAddressList());
      }
    }
    if (matching.size() != 1) {
      List<String> known = new ArrayList<>(List.of(first.getId()));
      first.getPeerList().forEach(peer -> known.add(peer.getId()));
      throw new CommandException(
          (matching.isEmpty() ? "no node is named '" : "several nodes are named '")
              + wanted
              + "'; there are "
              + String.join(", ", known));
    }
    Map.Entry<String, List<String>> found = matching.entrySet().iterator().next();
    Peer peer =
        found.getKey().equals(first.getId())
            ? connection.node()
            : NettyConnector.peer(found.getKey(), found.getValue());
    return new NodeClient(connection.transport(), peer);
  }

  private static boolean matches(String wanted, String id, List<String> addresses) {
    return id.startsWith(wanted) || addresses.contains(wanted);
  }

  private static String idOf(Path data) throws CommandException {
    Path file = data.resolve("identity.pem");
    try {
      return Identity.load(file).id().toString();
    } catch (IOException e) {
      throw new CommandException(
          ExitCode.FAILED, data + " is no data directory of a node: " + e.getMessage(), e);
    }
  }

  private static String text(DrainReply reply) {
    StringBuilder text = new StringBuilder();
    switch (reply.getState()) {
      case DRAINED ->
          text.append("drained: ")
              .append(reply.getBlocks())
              .append(" blocks are safe on other nodes; the node may be stopped for good");
      case DRAINING -> appendProgress(text, reply);
      default -> text.append("not draining: the node takes part with ").append(blocks(reply));
    }
    reply.getWaitingList().forEach(line -> text.append(System.lineSeparator()).append(line));
    return text.toString();
  }

  private static String blocks(DrainReply reply) {
    return reply.getBlocks() + " blocks, " + Sizes.format(reply.getBytes());
  }

  private static void appendProgress(StringBuilder text, DrainReply reply) {
    long safe = reply.getBytes() - reply.getBytesLeft();
    text.append("draining: ")
        .append(reply.getBytes() == 0 ? PERCENT : safe * PERCENT / reply.getBytes())
        .append(" % of ")
        .append(blocks(reply))
        .append(" are safe elsewhere, ")
        .append(reply.getBlocksLeft())
        .append(" blocks are left");
    if (reply.getBytesPerSecond() > 0 && reply.getBytesLeft() > 0) {
      text.append(", ")
          .append(Sizes.format(reply.getBytesPerSecond()))
          .append("/s, about ")
          .append(
              Duration.ofSeconds(secondsLeft(reply))
                  .toString()
                  .substring(2)
                  .toLowerCase(Locale.ROOT))
          .append(" to go");
    }
  }

  private static long secondsLeft(DrainReply reply) {
    return Math.ceilDiv(reply.getBytesLeft(), reply.getBytesPerSecond());
  }

  private static Map<String, Object> fields(DrainReply reply) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("state", reply.getState().name());
    fields.put("blocks", reply.getBlocks());
    fields.put("bytes", reply.getBytes());
    fields.put("blocksLeft", reply.getBlocksLeft());
    fields.put("bytesLeft", reply.getBytesLeft());
    fields.put("bytesPerSecond", reply.getBytesPerSecond());
    if (reply.getBytesPerSecond() > 0) {
      fields.put("etaSeconds", secondsLeft(reply));
    }
    fields.put("waiting", reply.getWaitingList());
    return fields;
  }
}
