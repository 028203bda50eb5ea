package io.cairnfs.client.cli;

import java.io.IOException;
import picocli.CommandLine.Mixin;

/** What every command on a cluster has: which cluster, and how it is entered. */
abstract class ClusterVerb extends Verb {

  @Mixin private AccessOptions access = new AccessOptions();

  @Override
  public final Integer call() throws CommandException, IOException, InterruptedException {
    try (Cluster cluster = Clusters.open(root().connector(), access.resolve())) {
      return call(cluster);
    }
  }

  /** Does the command's work; returns its exit code. */
  abstract int call(Cluster cluster) throws CommandException, IOException, InterruptedException;
}
