package io.cairnfs.client.cli;

import io.cairnfs.client.block.BlockClient;
import io.cairnfs.client.block.BlockClients;
import io.cairnfs.client.block.BlockCounters;
import io.cairnfs.client.block.Claims;
import io.cairnfs.client.block.PlacementSettings;
import io.cairnfs.client.clock.BootTimeClock;
import io.cairnfs.client.head.HeadPlace;
import io.cairnfs.client.head.RemoteHead;
import io.cairnfs.client.head.RemoteSnapshots;
import io.cairnfs.client.head.RemoteSweeps;
import io.cairnfs.client.namespace.NamespaceOpener;
import io.cairnfs.client.namespace.NamespaceOptions;
import io.cairnfs.client.namespace.NamespaceSession;
import io.cairnfs.client.sweep.SweepReport;
import io.cairnfs.client.sweep.Sweeper;
import io.cairnfs.client.wait.Deadline;
import io.cairnfs.protocol.head.Founding;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code cairn gc}: what of a volume's blocks nothing needs any more, and lets it go. */
@Command(
    name = "gc",
    description = {
      "Show how much space the deleted files of a volume take, or give it back with --yes.",
      "Mounts do the same by themselves, some minutes after something was deleted. The volume may"
          + " be mounted and written to meanwhile. Nodes delete the blocks when their grace is"
          + " over."
    },
    footer = {"", "Examples:", "  cairn gc", "  cairn gc photos --yes --node host:7440"})
@SuppressWarnings("NullAway.Init") // picocli sets the fields before it calls
final class GcVerb extends ClusterVerb {

  /** To find what is needed takes as long as it takes; to enter does not. */
  private static final Duration ENTRY = Duration.ofSeconds(30);

  private static final long CACHE_BYTES = 16L << 20;

  /** What was claimed in the sweep before is let go by the second. */
  private static final int SWEEPS = 2;

  @Parameters(
      paramLabel = "VOLUME",
      arity = "0..1",
      defaultValue = MountProcess.DEFAULT_VOLUME,
      description = "Its name or id. Default: ${DEFAULT-VALUE}.")
  private String volume;

  @Option(names = "--yes", description = "Give the space back.")
  private boolean yes;

  @Override
  int call(Cluster cluster) throws CommandException, IOException, InterruptedException {
    Founding founding = new Volumes(cluster).find(volume);
    HeadPlace place = cluster.place(founding);
    RemoteHead head = new RemoteHead(cluster.transport(), place);
    BlockClient blocks =
        BlockClients.remote(
            cluster.transport(),
            cluster.replicas(),
            PlacementSettings.of(founding.replication()),
            new Claims(founding.volume()),
            CACHE_BYTES,
            new BlockCounters());
    Sweeper sweeper =
        new Sweeper(
            head,
            new RemoteSweeps(cluster.transport(), place),
            new RemoteSnapshots(cluster.transport(), place),
            founding.volume(),
            blocks,
            cluster.transport(),
            () -> cluster.stores().stream().map(Cluster.Member::peer).toList());
    SweepReport report =
        yes
            ? sweep(sweeper, new NamespaceOpener(head, blocks, new BootTimeClock()), founding)
            : sweeper.look();
    answer(text(report), fields(report));
    return report.silentNodes() == 0 ? ExitCode.OK : ExitCode.PARTIAL;
  }

  private static SweepReport sweep(Sweeper sweeper, NamespaceOpener opener, Founding founding)
      throws IOException, InterruptedException {
    NamespaceOptions options = NamespaceOptions.of(founding.volume(), ClusterHistory.holder("gc"));
    NamespaceSession session =
        Deadline.<NamespaceSession, IOException>await(
            ENTRY, () -> opener.open(options, (reason, lost) -> {}));
    try {
      SweepReport report = sweeper.sweep(session.session());
      for (int swept = 1; swept < SWEEPS; swept++) {
        sweeper.sweep(session.session());
      }
      return report;
    } finally {
      Deadline.<Boolean, IOException>await(
          ENTRY,
          () -> {
            session.close();
            return true;
          });
    }
  }

  private String text(SweepReport report) {
    return report.liveBlocks()
        + " blocks are needed; "
        + report.deadReplicas()
        + " copies of others take "
        + Sizes.format(report.deadBytes())
        + (yes ? ", and go when the nodes' grace is over" : "; --yes gives that back")
        + (report.silentNodes() == 0
            ? ""
            : "; " + report.silentNodes() + " nodes do not answer, and keep everything");
  }

  private Map<String, Object> fields(SweepReport report) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("liveBlocks", report.liveBlocks());
    fields.put("deadReplicas", report.deadReplicas());
    fields.put("deadBytes", report.deadBytes());
    fields.put("silentNodes", report.silentNodes());
    fields.put("acted", yes);
    return fields;
  }
}
