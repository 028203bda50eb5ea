package io.cairnfs.client.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

final class CairnCommandTest {

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void saysItsVersion() {
    assertEquals(ExitCode.OK, run("--version"));
    assertTrue(
        out.toString().matches("cairn \\d+\\.\\d+\\.\\d+\\S* \\(Java 25.*\\)\\R"), out::toString);
  }

  @Test
  void answersWrongUsageWithTwoLinesAndItsExitCode() {
    assertEquals(ExitCode.USAGE, run("--no-such-option"));
    assertEquals("cairn: Unknown option: '--no-such-option'\nTry: cairn --help\n", err.toString());
  }

  @Test
  void showsAFailureInOneLine() {
    assertEquals(ExitCode.PARTIAL, run("fail"));
    assertEquals("cairn: two of three failed\n", err.toString());
  }

  @Test
  void showsTheStackTraceWhenAskedForItBeforeOrAfterTheVerb() {
    run("-v", "fail");
    assertTrue(err.toString().contains("\tat " + getClass().getName()), err::toString);
    err.getBuffer().setLength(0);
    run("fail", "-v");
    assertTrue(err.toString().contains("\tat " + getClass().getName()), err::toString);
  }

  /** Help without examples leaves a user to guess. */
  @Test
  void everyCommandHasADescriptionAndEveryVerbAnExample() {
    check(commandLine());
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
    CommandLine command = commandLine();
    command.addSubcommand("fail", new Failing());
    command.setErr(new PrintWriter(err, true)); // settings reach the subcommands that are there
    return command.execute(arguments);
  }

  private CommandLine commandLine() {
    return CairnCommand.commandLine(new PrintWriter(out, true), new PrintWriter(err, true));
  }

  @CommandLine.Command
  static final class Failing implements Callable<Integer> {
    @Override
    public Integer call() throws CommandException {
      throw new CommandException(ExitCode.PARTIAL, "two of three failed", null);
    }
  }
}
