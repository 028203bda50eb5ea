package io.cairnfs.client.cli;

import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.head.Snapshot;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code cairn volume rollback}. */
@Command(
    name = "rollback",
    description = {
      "Make a volume what it was at a snapshot. What it is before gets a snapshot of its own.",
      "A mounted volume is refused without --yes, which takes it from its mounts: their open files"
          + " fail, and what they had not committed is lost."
    },
    footer = {"", "Example:", "  cairn volume rollback photos monday"})
@SuppressWarnings("NullAway.Init") // picocli sets the fields before it calls
final class RollbackVerb extends ClusterVerb {

  @Parameters(index = "0", paramLabel = "VOLUME", description = "Its name or id.")
  private String volume;

  @Parameters(index = "1", paramLabel = "SNAPSHOT", description = "What it is to be again.")
  private String snapshot;

  @Option(names = "--yes", description = "Also if it is mounted.")
  private boolean yes;

  @Override
  int call(Cluster cluster) throws CommandException, IOException, InterruptedException {
    ClusterHistory of = ClusterHistory.of(cluster, new Volumes(cluster).find(volume), "rollback");
    Snapshot before;
    try {
      before = of.history().rollback(snapshot, yes);
    } catch (HeadException e) {
      if (e.reason() != HeadException.Reason.HELD) {
        throw e;
      }
      throw new CommandException(e.getMessage() + ", or take it from there with --yes", e);
    }
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("name", of.founding().name());
    fields.put("snapshot", snapshot);
    fields.put("before", before.name());
    answer("rolled back; what it was before is snapshot " + before.name(), fields);
    return ExitCode.OK;
  }
}
