package io.cairnfs.client.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say which cluster is meant, and how it is entered. */
final class AccessOptions {

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

  ClusterAccess resolve() throws CommandException, IOException {
    return resolve(List.of(), null);
  }

  /** As {@link #resolve()}, with the options of the word before where these say nothing. */
  ClusterAccess resolve(AccessOptions before) throws CommandException, IOException {
    return resolve(before.nodes, before.tokenFile);
  }

  /** As {@link #resolve()}, with what other words of the command line say where flags do not. */
  ClusterAccess resolve(List<String> otherNodes, @Nullable Path otherTokenFile)
      throws CommandException, IOException {
    return ClusterAccess.resolve(
        nodes.isEmpty() ? otherNodes : nodes,
        tokenFile == null ? otherTokenFile : tokenFile,
        System.getenv(),
        ClientPaths.ofThisUser().config());
  }
}
