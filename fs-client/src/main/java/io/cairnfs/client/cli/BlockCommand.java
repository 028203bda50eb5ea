package io.cairnfs.client.cli;

import io.cairnfs.protocol.block.Block;
import io.cairnfs.protocol.block.BlockLimits;
import io.cairnfs.protocol.block.message.BlockStat;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.cid.Codec;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code cairn block}: single blocks, by their CIDs. */
@Command(
    name = "block",
    description = "Store and read single blocks.",
    subcommands = {
      BlockCommand.Put.class,
      BlockCommand.Get.class,
      BlockCommand.Stat.class,
      BlockCommand.Remove.class
    })
final class BlockCommand extends Noun {

  /** {@code cairn block put}. */
  @Command(
      name = "put",
      description = "Store a file as one block, pin it and print its CID.",
      footer = {"", "Examples:", "  cairn block put photo.jpg", "  echo hello | cairn block put"})
  static final class Put extends NodeVerb {

    @Parameters(
        paramLabel = "FILE",
        arity = "0..1",
        description = "At most 1 MiB; standard input if absent.")
    private @Nullable Path file;

    @Override
    int call(NodeClient node) throws CommandException, IOException, InterruptedException {
      byte[] bytes;
      try (InputStream in = file == null ? root().console().in() : Files.newInputStream(file)) {
        bytes = in.readNBytes(BlockLimits.MAX_PRODUCED_BYTES + 1);
      }
      if (bytes.length > BlockLimits.MAX_PRODUCED_BYTES) {
        throw new CommandException(
            (file == null ? "standard input" : file)
                + " is larger than a block ("
                + Sizes.format(BlockLimits.MAX_PRODUCED_BYTES)
                + "); copy it into a mount instead");
      }
      Cid cid = Cid.of(Codec.RAW, bytes);
      node.put(new Block(cid, bytes));
      answer(cid.toString(), Map.of("cid", cid.toString(), "size", bytes.length));
      return ExitCode.OK;
    }
  }

  /** {@code cairn block get}. */
  @Command(
      name = "get",
      description = "Write a block's bytes to standard output or a file.",
      footer = {"", "Example:", "  cairn block get bafkrei... -o photo.jpg"})
  static final class Get extends NodeVerb {

    @Parameters(paramLabel = "CID", description = "The block.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Cid cid;

    @Option(
        names = {"-o", "--output"},
        paramLabel = "FILE",
        description = "Where to; standard output if absent.")
    private @Nullable Path file;

    @Override
    int call(NodeClient node) throws IOException, InterruptedException {
      byte[] bytes = node.get(cid);
      if (file == null) {
        OutputStream out = root().console().out();
        out.write(bytes);
        out.flush();
      } else {
        Files.write(file, bytes);
      }
      return ExitCode.OK;
    }
  }

  /** {@code cairn block stat}. */
  @Command(
      name = "stat",
      description = "Show a block's size and whether it is pinned.",
      footer = {"", "Example:", "  cairn block stat --json bafkrei..."})
  static final class Stat extends NodeVerb {

    @Parameters(paramLabel = "CID", description = "The block.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Cid cid;

    @Override
    int call(NodeClient node) throws IOException, InterruptedException {
      BlockStat stat = node.stat(cid);
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put("cid", cid.toString());
      fields.put("size", stat.getSizeBytes());
      fields.put("pinned", stat.getPinned());
      fields.put("replication", stat.getReplication());
      answer(
          cid + "  " + Sizes.format(stat.getSizeBytes()) + (stat.getPinned() ? "  pinned" : ""),
          fields);
      return ExitCode.OK;
    }
  }

  /** {@code cairn block rm}. */
  @Command(
      name = "rm",
      description = "Delete blocks that are not pinned from a node; without --yes only say which.",
      footer = {"", "Example:", "  cairn block rm --yes bafkrei..."})
  static final class Remove extends NodeVerb {

    @Parameters(paramLabel = "CID", arity = "1..*", description = "The blocks.")
    private List<Cid> cids = List.of();

    @Option(names = "--yes", description = "Do it.")
    private boolean yes;

    @Override
    int call(NodeClient node) throws IOException, InterruptedException {
      for (Cid cid : cids) {
        if (yes) {
          node.delete(cid);
        } else {
          node.stat(cid);
        }
        answer(
            (yes ? "deleted " : "would delete ") + cid,
            Map.of("cid", cid.toString(), "deleted", yes));
      }
      return ExitCode.OK;
    }
  }
}
