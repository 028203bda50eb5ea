package io.cairnfs.client.cli;

import io.cairnfs.protocol.cid.Cid;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code cairn pin}: what nodes keep although no volume refers to it. */
@Command(
    name = "pin",
    description = "Keep blocks against deletion.",
    subcommands = {PinCommand.Add.class, PinCommand.Remove.class, PinCommand.ListAll.class})
final class PinCommand extends Noun {

  /** {@code cairn pin add}. */
  @Command(
      name = "add",
      description = "Pin blocks on every node that has them.",
      footer = {"", "Example:", "  cairn pin add bafkrei..."})
  static final class Add extends ClusterVerb {

    @Parameters(paramLabel = "CID", arity = "1..*", description = "The blocks.")
    private List<Cid> cids = List.of();

    @Override
    int call(Cluster cluster) throws CommandException, IOException, InterruptedException {
      ClusterBlocks blocks = new ClusterBlocks(cluster);
      for (Cid cid : cids) {
        int nodes = blocks.pin(cid, false);
        answer("pinned " + cid, Map.of("cid", cid.toString(), "pinned", true, "nodes", nodes));
      }
      return ExitCode.OK;
    }
  }

  /** {@code cairn pin rm}. */
  @Command(
      name = "rm",
      description = "Unpin blocks everywhere; they stay until something deletes them.",
      footer = {"", "Example:", "  cairn pin rm bafkrei..."})
  static final class Remove extends ClusterVerb {

    @Parameters(paramLabel = "CID", arity = "1..*", description = "The blocks.")
    private List<Cid> cids = List.of();

    @Override
    int call(Cluster cluster) throws CommandException, IOException, InterruptedException {
      ClusterBlocks blocks = new ClusterBlocks(cluster);
      for (Cid cid : cids) {
        int nodes = blocks.pin(cid, true);
        answer("unpinned " + cid, Map.of("cid", cid.toString(), "pinned", false, "nodes", nodes));
      }
      return ExitCode.OK;
    }
  }

  /** {@code cairn pin ls}. */
  @Command(
      name = "ls",
      description = "List the blocks that are pinned on any node; 3 if a node did not answer.",
      footer = {"", "Example:", "  cairn pin ls --json"})
  static final class ListAll extends ClusterVerb {
    @Override
    int call(Cluster cluster) throws InterruptedException {
      ClusterBlocks.Pins pins = new ClusterBlocks(cluster).pins();
      pins.nodesByCid()
          .forEach(
              (cid, nodes) ->
                  answer(cid.toString(), Map.of("cid", cid.toString(), "nodes", nodes)));
      pins.silent().forEach(node -> err().println("cairn: no answer from " + node));
      return pins.silent().isEmpty() ? ExitCode.OK : ExitCode.PARTIAL;
    }
  }
}
