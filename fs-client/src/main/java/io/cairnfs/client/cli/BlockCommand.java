package io.cairnfs.client.cli;

import io.cairnfs.client.cli.ClusterBlocks.Copy;
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
import java.util.Objects;
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
      description = "Store a file as one block on its replicas, pin it and print its CID.",
      footer = {
        "",
        "Examples:",
        "  cairn block put photo.jpg",
        "  echo hello | cairn block put --replication 2 --node host:7440 --token-file token"
      })
  static final class Put extends ClusterVerb {

    @Parameters(
        paramLabel = "FILE",
        arity = "0..1",
        description = "At most 2 MiB; standard input if absent.")
    private @Nullable Path file;

    @Option(
        names = "--replication",
        paramLabel = "N",
        description = "How many nodes keep it. Default: 3, on the embedded node 1.")
    private @Nullable Integer replication;

    @Override
    int call(Cluster cluster) throws CommandException, IOException, InterruptedException {
      int copies = replication == null ? cluster.defaultReplication() : replication;
      if (copies < 1 || copies > BlockLimits.MAX_REPLICATION) {
        throw new CommandException(
            ExitCode.USAGE, "--replication is from 1 to " + BlockLimits.MAX_REPLICATION, null);
      }
      byte[] bytes = read();
      Cid cid = Cid.of(Codec.RAW, bytes);
      new ClusterBlocks(cluster).put(new Block(cid, bytes), copies);
      answer(
          cid.toString(),
          Map.of("cid", cid.toString(), "size", bytes.length, "replication", copies));
      return ExitCode.OK;
    }

    private byte[] read() throws CommandException, IOException {
      byte[] bytes;
      try (InputStream in = file == null ? root().console().in() : Files.newInputStream(file)) {
        bytes = in.readNBytes(BlockLimits.MAX_ACCEPTED_BYTES + 1);
      }
      Object source = file == null ? "standard input" : file;
      if (bytes.length == 0) {
        throw new CommandException(source + " is empty: there is nothing to store");
      }
      if (bytes.length > BlockLimits.MAX_ACCEPTED_BYTES) {
        throw new CommandException(
            source
                + " is larger than a block ("
                + Sizes.format(BlockLimits.MAX_ACCEPTED_BYTES)
                + "); copy it into a mount instead");
      }
      return bytes;
    }
  }

  /** {@code cairn block get}. */
  @Command(
      name = "get",
      description = "Write a block's bytes to standard output or a file.",
      footer = {"", "Example:", "  cairn block get bafkrei... -o photo.jpg"})
  static final class Get extends ClusterVerb {

    @Parameters(paramLabel = "CID", description = "The block.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Cid cid;

    @Option(
        names = {"-o", "--output"},
        paramLabel = "FILE",
        description = "Where to; standard output if absent.")
    private @Nullable Path file;

    @Override
    int call(Cluster cluster) throws IOException, InterruptedException {
      byte[] bytes = new ClusterBlocks(cluster).get(cid);
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
      description = "Show a block's size and which nodes hold it; 3 if a replica is missing.",
      footer = {"", "Example:", "  cairn block stat --json bafkrei..."})
  static final class Stat extends ClusterVerb {

    @Parameters(paramLabel = "CID", description = "The block.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Cid cid;

    @Override
    int call(Cluster cluster) throws CommandException, IOException, InterruptedException {
      ClusterBlocks.Located located = new ClusterBlocks(cluster).locate(cid);
      List<Copy> copies = located.copies();
      long present =
          copies.stream().filter(copy -> copy.designated() && copy.stat() != null).count();
      long sizeBytes =
          copies.stream()
              .map(Copy::stat)
              .filter(Objects::nonNull)
              .mapToLong(BlockStat::getSizeBytes)
              .findFirst()
              .orElseThrow();
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put("cid", cid.toString());
      fields.put("size", sizeBytes);
      fields.put("replication", located.replication());
      fields.put("present", present);
      fields.put("nodes", copies.stream().map(Stat::fields).toList());
      StringBuilder text = new StringBuilder();
      text.append(cid).append("  ").append(Sizes.format(sizeBytes));
      text.append(", ").append(present).append(" of ").append(located.replication());
      text.append(" replicas");
      copies.forEach(copy -> text.append(String.format("%n  %s  %s", copy.node(), how(copy))));
      answer(text.toString(), fields);
      return present == located.replication() ? ExitCode.OK : ExitCode.PARTIAL;
    }

    private static String how(Copy copy) {
      if (copy.failure() != null) {
        return Remedies.of(copy.failure().error());
      }
      if (copy.stat() == null) {
        return "MISSING";
      }
      return (copy.designated() ? "stored" : "surplus") + (isPinned(copy) ? ", pinned" : "");
    }

    private static boolean isPinned(Copy copy) {
      return copy.stat() != null && copy.stat().getPinned();
    }

    private static Map<String, Object> fields(Copy copy) {
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put("node", copy.node().id().toString());
      fields.put("up", copy.node().up());
      fields.put("designated", copy.designated());
      fields.put("stored", copy.stat() != null);
      fields.put("pinned", isPinned(copy));
      return fields;
    }
  }

  /** {@code cairn block rm}. */
  @Command(
      name = "rm",
      description =
          "Delete blocks that are not pinned, on every node; without --yes only say which.",
      footer = {"", "Example:", "  cairn block rm --yes bafkrei..."})
  static final class Remove extends ClusterVerb {

    @Parameters(paramLabel = "CID", arity = "1..*", description = "The blocks.")
    private List<Cid> cids = List.of();

    @Option(names = "--yes", description = "Do it.")
    private boolean yes;

    @Override
    int call(Cluster cluster) throws CommandException, IOException, InterruptedException {
      ClusterBlocks blocks = new ClusterBlocks(cluster);
      for (Cid cid : cids) {
        int nodes = blocks.delete(cid, yes);
        answer(
            (yes ? "deleted " : "would delete ") + cid,
            Map.of("cid", cid.toString(), "deleted", yes, "nodes", nodes));
      }
      return ExitCode.OK;
    }
  }
}
