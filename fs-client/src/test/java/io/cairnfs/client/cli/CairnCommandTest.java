package io.cairnfs.client.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.util.Set;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

final class CairnCommandTest {

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @Test
  void saysItsVersion() {
    assertEquals(ExitCode.OK, run("--version"));
    assertTrue(
        out.toString(UTF_8).matches("cairn \\d+\\.\\d+\\.\\d+\\S* \\(Java 25.*\\)\\R"),
        () -> out.toString(UTF_8));
  }

  @Test
  void answersWrongUsageWithTwoLinesAndItsExitCode() {
    assertEquals(ExitCode.USAGE, run("--no-such-option"));
    assertEquals(
        "cairn: Unknown option: '--no-such-option'\nTry: cairn --help\n", err.toString(UTF_8));
  }

  @Test
  void showsAFailureInOneLine() {
    assertEquals(ExitCode.PARTIAL, run("fail"));
    assertEquals("cairn: two of three failed\n", err.toString(UTF_8));
  }

  @Test
  void showsTheStackTraceWhenAskedForItBeforeOrAfterTheVerb() {
    run("-v", "fail");
    assertTrue(
        err.toString(UTF_8).contains("\tat " + getClass().getName()), () -> err.toString(UTF_8));
    err.reset();
    run("fail", "-v");
    assertTrue(
        err.toString(UTF_8).contains("\tat " + getClass().getName()), () -> err.toString(UTF_8));
  }

  /** Help without examples leaves a user to guess. */
  @Test
  void everyCommandHasADescriptionAndEveryVerbAnExample() {
    check(CairnCommand.commandLine(console(), access -> fail()));
  }

  @Test
  void onlyTheCommandThatIsNamedIsLookedThrough() {
    assertEquals(Set.of("status"), commands("-v", "status", "--json"));
    assertEquals(Set.of("volume"), commands("volume", "create", "status"));
    assertEquals(Set.of(), commands("--version"));
    assertEquals(commands(), commands("-h", "volume"));
    assertEquals(Set.of("volume"), commands("volume", "-h"));
    assertEquals(commands(), commands("statsu"));
    assertTrue(commands().containsAll(Set.of("mount", "volume", "status")));
  }

  private Set<String> commands(String... arguments) {
    return CairnCommand.commandLine(console(), access -> fail(), arguments)
        .getSubcommands()
        .keySet();
  }

  private static void check(CommandLine command) {
    CommandSpec spec = command.getCommandSpec();
    String name = spec.qualifiedName();
    assertTrue(spec.usageMessage().description().length > 0, name + " has no description");
    if (command.getSubcommands().isEmpty()) {
      assertFalse(spec.usageMessage().footer().length == 0, name + " has no example");
    }
    command.getSubcommands().values().forEach(CairnCommandTest::check);
  }

  private int run(String... arguments) {
    CommandLine command = CairnCommand.commandLine(console(), access -> fail());
    command.addSubcommand("fail", new Failing());
    command.setErr(console().errWriter()); // settings reach the subcommands that are there
    return command.execute(arguments);
  }

  private Console console() {
    return new Console(InputStream.nullInputStream(), out, err);
  }

  @CommandLine.Command
  static final class Failing implements Callable<Integer> {
    @Override
    public Integer call() throws CommandException {
      throw new CommandException(ExitCode.PARTIAL, "two of three failed", null);
    }
  }
}
