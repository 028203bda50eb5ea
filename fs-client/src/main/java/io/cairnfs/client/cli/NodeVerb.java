package io.cairnfs.client.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What every command that calls a node has: which cluster, and how it is entered. */
abstract class NodeVerb extends Verb {

  @Option(
      names = "--node",
      paramLabel = "HOST:PORT",
      description = "A node of the cluster; again for others to try. Default: the embedded node.")
  private List<String> nodes = new ArrayList<>();

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description = "Holds the cluster's join token, readable by you only.")
  private @Nullable Path tokenFile;

  @Override
  public final Integer call() throws CommandException, IOException, InterruptedException {
    ClusterAccess access =
        ClusterAccess.resolve(nodes, tokenFile, System.getenv(), ClientPaths.ofThisUser().config());
    try (Connector.Connection connection = root().connector().connect(access)) {
      return call(new NodeClient(connection));
    }
  }

  /** Does the command's work; returns its exit code. */
  abstract int call(NodeClient node) throws CommandException, IOException, InterruptedException;
}
