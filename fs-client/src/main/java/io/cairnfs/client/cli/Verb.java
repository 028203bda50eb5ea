package io.cairnfs.client.cli;

import java.io.PrintWriter;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What every command that does something has: help, and answers for people or for programs. */
@SuppressWarnings("NullAway.Init") // picocli sets the fields before it calls
abstract class Verb implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Option(names = "--json", description = "Answer in JSON, one object per line.")
  private boolean json;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help and exit.")
  @SuppressWarnings("UnusedVariable") // picocli asks its own model
  private boolean helpRequested;

  /** Where answers go. */
  PrintWriter out() {
    return spec.commandLine().getOut();
  }

  /** Where remarks go that are no answer. */
  PrintWriter err() {
    return spec.commandLine().getErr();
  }

  /** The command that this is a part of. */
  CairnCommand root() {
    return (CairnCommand) spec.root().userObject();
  }

  /**
   * Answers with one thing.
   *
   * @param text as people read it
   * @param fields as programs read it, in this order
   */
  void answer(String text, Map<String, ?> fields) {
    out().println(json ? Json.of(fields) : text);
  }
}
