package io.cairnfs.client.cli;

import io.cairnfs.protocol.cid.Cid;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code cairn pin}: what a node keeps although no volume refers to it. */
@Command(
    name = "pin",
    description = "Keep blocks against deletion.",
    subcommands = {PinCommand.Add.class, PinCommand.Remove.class, PinCommand.ListAll.class})
final class PinCommand extends Noun {

  /** {@code cairn pin add}. */
  @Command(
      name = "add",
      description = "Pin blocks.",
      footer = {"", "Example:", "  cairn pin add bafkrei..."})
  static final class Add extends NodeVerb {

    @Parameters(paramLabel = "CID", arity = "1..*", description = "The blocks.")
    private List<Cid> cids = List.of();

    @Override
    int call(NodeClient node) throws IOException, InterruptedException {
      for (Cid cid : cids) {
        node.pin(cid, false);
        answer("pinned " + cid, Map.of("cid", cid.toString(), "pinned", true));
      }
      return ExitCode.OK;
    }
  }

  /** {@code cairn pin rm}. */
  @Command(
      name = "rm",
      description = "Unpin blocks; they stay until something deletes them.",
      footer = {"", "Example:", "  cairn pin rm bafkrei..."})
  static final class Remove extends NodeVerb {

    @Parameters(paramLabel = "CID", arity = "1..*", description = "The blocks.")
    private List<Cid> cids = List.of();

    @Override
    int call(NodeClient node) throws IOException, InterruptedException {
      for (Cid cid : cids) {
        node.pin(cid, true);
        answer("unpinned " + cid, Map.of("cid", cid.toString(), "pinned", false));
      }
      return ExitCode.OK;
    }
  }

  /** {@code cairn pin ls}. */
  @Command(
      name = "ls",
      description = "List the pinned blocks.",
      footer = {"", "Example:", "  cairn pin ls --json"})
  static final class ListAll extends NodeVerb {
    @Override
    int call(NodeClient node) throws IOException, InterruptedException {
      node.pins(cid -> answer(cid.toString(), Map.of("cid", cid.toString())));
      return ExitCode.OK;
    }
  }
}
