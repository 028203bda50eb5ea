package io.cairnfs.client.cli;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A word that groups verbs and does nothing without one. */
@SuppressWarnings("NullAway.Init") // picocli sets the fields before it calls
abstract class Noun implements Runnable {

  @Spec private CommandSpec spec;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help and exit.")
  @SuppressWarnings("UnusedVariable") // picocli asks its own model
  private boolean helpRequested;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "Missing verb: " + String.join(", ", spec.subcommands().keySet()));
  }
}
