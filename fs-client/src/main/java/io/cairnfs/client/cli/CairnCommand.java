package io.cairnfs.client.cli;

import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.head.VolumeId;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The command itself: {@code cairn NOUN VERB}, with the daily verbs on top. */
@Command(
    name = "cairn",
    description = "A distributed, content-addressed file system.",
    versionProvider = Version.class,
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {KeyCommand.class},
    footer = {
      "",
      "Examples:",
      "  cairn mount ./mnt         mount the default volume, kept on this machine",
      "  cairn umount ./mnt        unmount it",
      "  cairn COMMAND --help      say more about a command"
    })
public final class CairnCommand {

  private boolean verbose;

  private CairnCommand() {}

  @Option(
      names = {"-v", "--verbose"},
      scope = ScopeType.INHERIT,
      description = "Log more, and show the stack trace of a failure.")
  void setVerbose(boolean verbose) {
    this.verbose = verbose;
    if (verbose) {
      Logging.verbose();
    }
  }

  boolean verbose() {
    return verbose;
  }

  public static void main(String[] arguments) {
    PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
    PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
    System.exit(run(out, err, arguments));
  }

  /** Runs one command line; returns its exit code. */
  static int run(PrintWriter out, PrintWriter err, String... arguments) {
    Logging.quiet();
    return commandLine(out, err).execute(arguments);
  }

  static CommandLine commandLine(PrintWriter out, PrintWriter err) {
    return new CommandLine(new CairnCommand())
        .registerConverter(VolumeId.class, VolumeId::parse)
        .registerConverter(Cid.class, Cid::parse)
        .setOut(out)
        .setErr(err)
        .setExecutionExceptionHandler(new FailureReport())
        .setParameterExceptionHandler(new UsageReport());
  }
}
