package io.cairnfs.client.cli;

import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.head.VolumeId;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.TypeConversionException;

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

  private final Console console;
  private final @Nullable Connector connector;
  private boolean verbose;

  private CairnCommand(Console console, @Nullable Connector connector) {
    this.console = console;
    this.connector = connector;
  }

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

  Console console() {
    return console;
  }

  Connector connector() {
    return Objects.requireNonNull(connector);
  }

  public static void main(String[] arguments) {
    System.exit(run(Console.ofSystem(), arguments));
  }

  /** Runs one command line; returns its exit code. */
  static int run(Console console, String... arguments) {
    Logging.quiet();
    return commandLine(console).execute(arguments);
  }

  static CommandLine commandLine(Console console) {
    CommandLine command = new CommandLine(new CairnCommand(console, null));
    return configure(command, console);
  }

  /** With the commands that call nodes. */
  static CommandLine commandLine(Console console, Connector connector) {
    CommandLine command = new CommandLine(new CairnCommand(console, connector));
    for (Object noun : new Object[] {new BlockCommand(), new PinCommand(), new NodeCommand()}) {
      command.addSubcommand(noun);
    }
    return configure(command, console);
  }

  /** Settings reach the subcommands that are there. */
  private static CommandLine configure(CommandLine command, Console console) {
    return command
        .registerConverter(VolumeId.class, text -> convert(text, VolumeId::parse))
        .registerConverter(Cid.class, text -> convert(text, Cid::parse))
        .setOut(console.outWriter())
        .setErr(console.errWriter())
        .setExecutionExceptionHandler(new FailureReport())
        .setParameterExceptionHandler(new UsageReport());
  }

  private static <T> T convert(String text, Function<String, T> parser) {
    try {
      return parser.apply(text);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(e.getMessage());
    }
  }
}
