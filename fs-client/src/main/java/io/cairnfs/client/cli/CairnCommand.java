package io.cairnfs.client.cli;

import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.head.VolumeId;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
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
    footer = {
      "",
      "Examples:",
      "  cairn mount ./mnt         keep files here, in a volume of your own",
      "  cairn umount ./mnt        end that",
      "  cairn status              is everything whole?",
      "  cairn COMMAND --help      say more about a command"
    })
public final class CairnCommand {

  /** In the order of the help. */
  private static final List<Class<?>> COMMANDS =
      List.of(
          MountVerb.class,
          UmountVerb.class,
          VolumeCommand.class,
          FsckVerb.class,
          GcVerb.class,
          StatusVerb.class,
          NodeCommand.class,
          ClusterCommand.class,
          BlockCommand.class,
          PinCommand.class,
          KeyCommand.class);

  private static final Set<String> VERSION_OPTIONS = Set.of("-V", "--version");
  private static final Set<String> HELP_OPTIONS = Set.of("-h", "--help");

  private final Console console;
  private final Connector connector;
  private boolean verbose;

  private CairnCommand(Console console, Connector connector) {
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
    return connector;
  }

  public static void main(String[] arguments) {
    System.exit(run(Console.ofSystem(), arguments));
  }

  /** Runs one command line; returns its exit code. */
  static int run(Console console, String... arguments) {
    Logging.quiet();
    Connector connector = new NettyConnector(ClientPaths.ofThisUser());
    return commandLine(console, connector, arguments).execute(arguments);
  }

  /** The parser of a command line. */
  static CommandLine commandLine(Console console, Connector connector, String... arguments) {
    CommandLine cairn = new CommandLine(new CairnCommand(console, connector));
    named(arguments).forEach(cairn::addSubcommand);
    return cairn
        .registerConverter(VolumeId.class, text -> convert(text, VolumeId::parse))
        .registerConverter(Cid.class, text -> convert(text, Cid::parse))
        .setOut(console.outWriter())
        .setErr(console.errWriter())
        .setExecutionExceptionHandler(new FailureReport())
        .setParameterExceptionHandler(new UsageReport());
  }

  /** Only what is named, as each has to be looked through; all of them where that is nothing. */
  private static List<Class<?>> named(String... arguments) {
    if (arguments.length > 0 && VERSION_OPTIONS.contains(arguments[0])) {
      return List.of();
    }
    if (arguments.length > 0 && HELP_OPTIONS.contains(arguments[0])) {
      return COMMANDS; // its help names all of them, whatever follows
    }
    Optional<String> word =
        Stream.of(arguments).filter(argument -> !argument.startsWith("-")).findFirst();
    return COMMANDS.stream()
        .filter(command -> word.filter(nameOf(command)::equals).isPresent())
        .findFirst()
        .<List<Class<?>>>map(List::of)
        .orElse(COMMANDS);
  }

  private static String nameOf(Class<?> command) {
    return command.getAnnotation(Command.class).name();
  }

  private static <T> T convert(String text, Function<String, T> parser) {
    try {
      return parser.apply(text);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(e.getMessage());
    }
  }
}
