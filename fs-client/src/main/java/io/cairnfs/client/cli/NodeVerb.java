package io.cairnfs.client.cli;

import java.io.IOException;
import picocli.CommandLine.Mixin;

/** What every command that calls a node has: which cluster, and how it is entered. */
abstract class NodeVerb extends Verb {

  @Mixin private AccessOptions access = new AccessOptions();

  @Override
  public final Integer call() throws CommandException, IOException, InterruptedException {
    try (Connector.Connection connection = root().connector().connect(access.resolve())) {
      return call(new NodeClient(connection));
    }
  }

  /** Does the command's work; returns its exit code. */
  abstract int call(NodeClient node) throws CommandException, IOException, InterruptedException;
}
