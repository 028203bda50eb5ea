package io.cairnfs.client.cli;

import io.cairnfs.client.block.BlockClient;
import io.cairnfs.client.block.BlockClients;
import io.cairnfs.client.block.BlockCounters;
import io.cairnfs.client.block.Claims;
import io.cairnfs.client.block.NodeBlocks;
import io.cairnfs.client.block.PlacementSettings;
import io.cairnfs.client.block.RemoteNodeBlocks;
import io.cairnfs.client.block.VerifyingNodeBlocks;
import io.cairnfs.client.fsck.Fsck;
import io.cairnfs.client.fsck.FsckOptions;
import io.cairnfs.client.fsck.FsckReport;
import io.cairnfs.client.fsck.ReplicaSurvey;
import io.cairnfs.client.fsck.StripeSurvey;
import io.cairnfs.client.head.HeadPlace;
import io.cairnfs.client.head.RemoteHead;
import io.cairnfs.client.head.RemoteSnapshots;
import io.cairnfs.protocol.block.Redundancy;
import io.cairnfs.protocol.head.Founding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code cairn fsck}: checks a volume. Its exit codes are those of fsck(8). */
@Command(
    name = "fsck",
    description = {
      "Check a volume that is not mounted: its tree, names, content and replicas.",
      "Exits with 0 if it is whole, 1 if all was repaired, 4 if something is left, 8 if it could"
          + " not be checked, or a sum of these; 16 for wrong usage."
    },
    exitCodeOnInvalidInput = FsckVerb.USAGE,
    exitCodeOnExecutionException = FsckVerb.NOT_CHECKED,
    footer = {
      "",
      "Examples:",
      "  cairn fsck                     the volume 'default' of the embedded node",
      "  cairn fsck photos --repair --node host:7440 --token-file token",
      "  cairn fsck photos -n           beside a mount, what is committed"
    })
final class FsckVerb extends ClusterVerb {

  static final int REPAIRED = 1;
  static final int LEFT = 4;
  static final int NOT_CHECKED = 8;
  static final int USAGE = 16;

  private static final Duration PROGRESS = Duration.ofSeconds(2);
  private static final long CACHE_BYTES = 16L << 20;

  @Parameters(
      paramLabel = "VOLUME",
      arity = "0..1",
      defaultValue = MountProcess.DEFAULT_VOLUME,
      description = "Its name or id. Default: ${DEFAULT-VALUE}.")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private String volume;

  @Option(
      names = "--repair",
      description = "Mend what can be mended. All nodes should be up: what none has is given up.")
  private boolean repair;

  @Option(
      names = {"-n", "--read-only"},
      description = "Take no lease, so that the volume may be mounted, and change nothing.")
  private boolean readOnly;

  @Option(
      names = "--read",
      description = "Read and verify every replica instead of asking whether it is there.")
  private boolean read;

  @Override
  int call(Cluster cluster) throws CommandException, IOException, InterruptedException {
    if (repair && readOnly) {
      throw new CommandException(USAGE, "--repair and --read-only exclude each other", null);
    }
    Founding founding = new Volumes(cluster).find(volume);
    FsckOptions options = new FsckOptions(repair, readOnly, read, holder());
    FsckReport report = check(cluster, founding, options).run();
    answer(text(founding, report), fields(founding, report));
    return (report.repaired() > 0 ? REPAIRED : 0)
        | (report.left() > 0 ? LEFT : 0)
        | (report.unchecked() > 0 ? NOT_CHECKED : 0);
  }

  private Fsck check(Cluster cluster, Founding founding, FsckOptions options) {
    BlockCounters counters = new BlockCounters();
    PlacementSettings placement = PlacementSettings.of(founding.replication());
    NodeBlocks nodes =
        new VerifyingNodeBlocks(
            new RemoteNodeBlocks(cluster.transport(), founding.replication()), counters);
    BlockClient blocks =
        BlockClients.remote(
            cluster.transport(),
            cluster.replicas(),
            placement,
            new Claims(founding.volume()),
            CACHE_BYTES,
            counters);
    HeadPlace place = cluster.place(founding);
    RemoteSnapshots snapshots = new RemoteSnapshots(cluster.transport(), place);
    return new Fsck(
        new RemoteHead(cluster.transport(), place),
        () -> snapshots.list(founding.volume(), ClusterHistory.TIMEOUT).snapshots(),
        founding.volume(),
        new ReplicaSurvey(nodes, cluster.replicas(), founding.replication()),
        stripes(cluster, founding, counters),
        blocks,
        options,
        new Teller());
  }

  private static StripeSurvey stripes(Cluster cluster, Founding founding, BlockCounters counters) {
    int described = Redundancy.ofStripe(founding.replication());
    return new StripeSurvey(
        new VerifyingNodeBlocks(
            new RemoteNodeBlocks(cluster.transport(), Redundancy.SHARD), counters),
        cluster.replicas(),
        new ReplicaSurvey(
            new VerifyingNodeBlocks(new RemoteNodeBlocks(cluster.transport(), described), counters),
            cluster.replicas(),
            founding.replication()));
  }

  private static String holder() throws IOException {
    String host = Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
    return host + ":" + ProcessHandle.current().pid() + ":fsck";
  }

  /** What is wrong goes to standard output, how far it is to standard error. */
  private final class Teller implements Fsck.Listener {

    private long toldNanos = System.nanoTime();

    @Override
    public void found(String what) {
      answer(what, Map.of("found", what));
    }

    @Override
    public void progress(long records) {
      long now = System.nanoTime();
      if (now - toldNanos >= PROGRESS.toNanos()) {
        toldNanos = now;
        err().println("cairn: checked " + records + " records");
      }
    }

    @Override
    public void silent(List<String> nodes) {
      nodes.forEach(
          node -> err().println("cairn: no answer from node " + node + ": not checked there"));
    }
  }

  private static String text(Founding founding, FsckReport report) {
    StringBuilder text = new StringBuilder(founding.name()).append(": ");
    if (report.repaired() == 0 && report.left() == 0 && report.unchecked() == 0) {
      text.append("clean");
    } else {
      text.append(report.repaired()).append(" problems repaired, ");
      text.append(report.left()).append(" left, ");
      text.append(report.unchecked()).append(" blocks not checked");
    }
    return text.append("; ")
        .append(report.inodes())
        .append(" inodes, ")
        .append(report.names())
        .append(" names, ")
        .append(report.treeBlocks())
        .append(" tree blocks, ")
        .append(report.contentBlocks())
        .append(" content blocks")
        .toString();
  }

  private static Map<String, Object> fields(Founding founding, FsckReport report) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("name", founding.name());
    fields.put("volume", founding.volume().toString());
    fields.put("repaired", report.repaired());
    fields.put("left", report.left());
    fields.put("unchecked", report.unchecked());
    fields.put("inodes", report.inodes());
    fields.put("names", report.names());
    fields.put("treeBlocks", report.treeBlocks());
    fields.put("contentBlocks", report.contentBlocks());
    return fields;
  }
}
