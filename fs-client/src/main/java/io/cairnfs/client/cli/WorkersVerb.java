package io.cairnfs.client.cli;

import io.cairnfs.protocol.admin.StatusFields;
import io.cairnfs.protocol.admin.message.ChangeWorkerRequest;
import io.cairnfs.protocol.admin.message.NodeStatusReply;
import io.cairnfs.protocol.admin.message.WorkerStatus;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code cairn node workers}: the background jobs of a node, and orders for them. */
@Command(
    name = "workers",
    description = {
      "Show a node's background jobs: state, rate, what is left, last error; 3 if one fails.",
      "Orders hold until they are lifted, also over restarts."
    },
    subcommands = {WorkersVerb.Pause.class, WorkersVerb.Resume.class, WorkersVerb.Throttle.class},
    footer = {
      "",
      "Examples:",
      "  cairn node workers --node host:7440 --token-file token",
      "  cairn node workers pause scrub",
      "  cairn node workers throttle compaction 20MiB"
    })
final class WorkersVerb extends Verb {

  private static final String FAILING = "FAILING";

  @Mixin private AccessOptions access = new AccessOptions();

  @Override
  public Integer call() throws CommandException, IOException, InterruptedException {
    NodeStatusReply status;
    try (Connector.Connection connection = root().connector().connect(access.resolve())) {
      status = new NodeClient(connection.transport(), connection.node()).status();
    }
    int width = 0;
    boolean failing = false;
    for (WorkerStatus worker : status.getWorkerList()) {
      width = Math.max(width, worker.getName().length());
      failing |= worker.getState().equals(FAILING);
    }
    for (WorkerStatus worker : status.getWorkerList()) {
      answer(text(worker, width), StatusFields.of(worker));
    }
    return failing ? ExitCode.PARTIAL : ExitCode.OK;
  }

  private static String text(WorkerStatus worker, int width) {
    String error = WorkerText.lastError(worker);
    String line = String.format("%-" + width + "s  %s", worker.getName(), WorkerText.line(worker));
    return error.isEmpty() ? line : line + System.lineSeparator() + "    " + error;
  }

  /** An order for workers of a node. */
  @SuppressWarnings("NullAway.Init") // picocli sets the fields before it calls
  private abstract static class OrderVerb extends Verb {

    @ParentCommand private WorkersVerb workers;

    @Mixin private AccessOptions access = new AccessOptions();

    void give(List<String> names, ChangeWorkerRequest order)
        throws CommandException, IOException, InterruptedException {
      ClusterAccess cluster = access.resolve(workers.access);
      try (Connector.Connection connection = root().connector().connect(cluster)) {
        NodeClient node = new NodeClient(connection.transport(), connection.node());
        for (String name : names) {
          WorkerStatus worker = node.change(order.toBuilder().setName(name).build());
          answer(text(worker, name.length()), StatusFields.of(worker));
        }
      }
    }
  }

  /** Lets workers rest or go on. */
  private abstract static class RestVerb extends OrderVerb {

    @Parameters(paramLabel = "NAME", arity = "1..*", description = "As workers lists them.")
    private List<String> names = List.of();

    abstract boolean paused();

    @Override
    public final Integer call() throws CommandException, IOException, InterruptedException {
      give(names, ChangeWorkerRequest.newBuilder().setPaused(paused()).build());
      return ExitCode.OK;
    }
  }

  /** {@code cairn node workers pause}. */
  @Command(
      name = "pause",
      description = "Let workers rest, after what they are at, until they are resumed.",
      footer = {"", "Example:", "  cairn node workers pause scrub compaction"})
  static final class Pause extends RestVerb {
    @Override
    boolean paused() {
      return true;
    }
  }

  /** {@code cairn node workers resume}. */
  @Command(
      name = "resume",
      description = "Let paused workers go on.",
      footer = {"", "Example:", "  cairn node workers resume scrub"})
  static final class Resume extends RestVerb {
    @Override
    boolean paused() {
      return false;
    }
  }

  /** {@code cairn node workers throttle}. */
  @Command(
      name = "throttle",
      description = "Set how many bytes per second a worker may read, write or move.",
      footer = {
        "",
        "Examples:",
        "  cairn node workers throttle scrub 5MiB",
        "  cairn node workers throttle scrub none       back to its own rate"
      })
  @SuppressWarnings("NullAway.Init") // picocli sets the fields before it calls
  static final class Throttle extends OrderVerb {

    private static final String NONE = "none";

    @Parameters(paramLabel = "NAME", description = "As workers lists them.")
    private String name;

    @Parameters(
        paramLabel = "RATE",
        description = "Bytes per second, such as 20MiB; none for the worker's own rate.")
    private String rate;

    @Override
    public Integer call() throws CommandException, IOException, InterruptedException {
      long bytes = rate.equals(NONE) ? 0 : parse(rate);
      give(List.of(name), ChangeWorkerRequest.newBuilder().setThrottleBytes(bytes).build());
      return ExitCode.OK;
    }

    private static long parse(String rate) throws CommandException {
      try {
        return Sizes.parse(rate);
      } catch (IllegalArgumentException e) {
        throw new CommandException(
            ExitCode.USAGE,
            "the rate " + e.getMessage() + "; a worker that is to do nothing is paused",
            e);
      }
    }
  }
}
