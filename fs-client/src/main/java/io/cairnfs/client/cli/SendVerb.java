package io.cairnfs.client.cli;

import io.cairnfs.client.history.SnapshotSender;
import io.cairnfs.protocol.head.Snapshot;
import java.io.BufferedOutputStream;
import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code cairn volume send}. */
@Command(
    name = "send",
    description = {
      "Write a snapshot as a CAR file to standard output, for cairn volume receive.",
      "With --from only the blocks that the other side lacks, which has that snapshot."
    },
    footer = {
      "",
      "Examples:",
      "  cairn volume send photos@monday > photos.car",
      "  cairn volume send photos@tuesday --from monday | ssh host cairn volume receive photos"
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields before it calls
final class SendVerb extends ClusterVerb {

  private static final int BUFFER_BYTES = 1 << 20;

  @Parameters(paramLabel = "VOLUME@SNAPSHOT", description = "What to send.")
  private String word;

  @Option(
      names = "--from",
      paramLabel = "SNAPSHOT",
      description = "An earlier snapshot, which the receiver has.")
  private @Nullable String from;

  @Override
  int call(Cluster cluster) throws CommandException, IOException, InterruptedException {
    SnapshotWord named = SnapshotWord.ofSnapshot(word);
    if (isTerminal()) {
      throw new CommandException(
          ExitCode.USAGE, "a terminal cannot show it: send it to a file or a pipe", null);
    }
    ClusterHistory of =
        ClusterHistory.of(cluster, new Volumes(cluster).find(named.volume()), "send");
    Snapshot base = from == null ? null : of.history().pinned(from);
    Snapshot snapshot = of.history().pinned(named.requireSnapshot());
    try (OutputStream out =
        new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), BUFFER_BYTES)) {
      long blocks = new SnapshotSender(of.history().trees(), of.blocks()).send(snapshot, base, out);
      err().println("cairn: sent " + blocks + " blocks of " + word);
    }
    return ExitCode.OK;
  }

  @SuppressWarnings("SystemConsoleNull") // it is null where output goes to a file or a pipe
  private static boolean isTerminal() {
    Console console = System.console();
    return console != null && console.isTerminal();
  }
}
