package io.cairnfs.client.cli;

import io.cairnfs.client.head.HeadPlace;
import io.cairnfs.client.head.RemoteHead;
import io.cairnfs.client.head.RemoteMoves;
import io.cairnfs.protocol.cell.CellId;
import io.cairnfs.protocol.head.Founding;
import io.cairnfs.protocol.head.FoundingSignature;
import io.cairnfs.protocol.identity.Identity;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code cairn volume move}: from the cell that hosts a volume to another one. */
@Command(
    name = "move",
    description = {
      "Move a volume to another cell, also while it is mounted. Needs the volume's key.",
      "What is interrupted goes on by itself; repeating the command waits for it."
    },
    footer = {
      "",
      "Examples:",
      "  cairn volume move photos 3f0a         (a cell, by the beginning of its id)",
      "  cairn volume move photos --to 5c2e 9b71 e40d   (the cell of these nodes)"
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields before it calls
final class MoveVerb extends ClusterVerb {

  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  @Parameters(index = "0", paramLabel = "VOLUME", description = "Its name or id.")
  private String volume;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "CELL",
      description = "The id of a cell, or its beginning.")
  private @Nullable String cell;

  @Option(
      names = "--to",
      arity = "1..*",
      paramLabel = "NODE",
      description = {
        "Instead of a cell the nodes that vote in it, by their ids or the beginnings of these.",
        "They found a cell if they have none."
      })
  private @Nullable List<String> nodes;

  @Override
  int call(Cluster cluster) throws CommandException, IOException, InterruptedException {
    if ((cell == null) == (nodes == null)) {
      throw new CommandException(ExitCode.USAGE, "name either a CELL or the nodes --to", null);
    }
    Volumes volumes = new Volumes(cluster);
    Founding from = volumes.info(volume).founding();
    CellSearch search = new CellSearch(cluster);
    CellId to = cell != null ? search.named(cell) : search.ofNodes(List.copyOf(nodes));
    if (!to.equals(from.cell())) {
      Identity key = new VolumeKeys(ClientPaths.ofThisUser().keys()).load(from.volume());
      move(cluster, FoundingSignature.sign(from.movedTo(to), key), cluster.place(from));
    }
    answer(
        from.name() + " is in cell " + to,
        Map.of("volume", from.volume().toString(), "name", from.name(), "cell", to.toString()));
    return ExitCode.OK;
  }

  private static void move(Cluster cluster, Founding destination, HeadPlace place)
      throws IOException, InterruptedException {
    new RemoteMoves(cluster.transport(), place).move(destination, TIMEOUT);
    // Answered as soon as it is open there.
    new RemoteHead(cluster.transport(), place).info(destination.volume(), TIMEOUT);
    cluster.publish(destination);
  }
}
