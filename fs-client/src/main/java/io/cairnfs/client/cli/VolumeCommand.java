package io.cairnfs.client.cli;

import io.cairnfs.client.block.PlacementSettings;
import io.cairnfs.protocol.cell.CellId;
import io.cairnfs.protocol.erasure.Erasure;
import io.cairnfs.protocol.head.Founding;
import io.cairnfs.protocol.head.Quota;
import io.cairnfs.protocol.head.SignedQuota;
import io.cairnfs.protocol.head.Usage;
import io.cairnfs.protocol.head.VolumeId;
import io.cairnfs.protocol.head.VolumeInfo;
import io.cairnfs.protocol.identity.Identity;
import io.cairnfs.protocol.identity.NodeId;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code cairn volume}: make volumes and look at them. */
@Command(
    name = "volume",
    description = "Make volumes, look at them and at what they were.",
    subcommands = {
      VolumeCommand.Create.class,
      VolumeCommand.ListAll.class,
      VolumeCommand.Info.class,
      VolumeCommand.SetQuota.class,
      SnapshotCommand.class,
      CloneVerb.class,
      RollbackVerb.class,
      MoveVerb.class,
      RecoverVerb.class,
      SendVerb.class,
      ReceiveVerb.class
    })
final class VolumeCommand extends Noun {

  /** {@code cairn volume create}. */
  @Command(
      name = "create",
      description = "Found volumes; their keys are kept here (cairn key export copies one).",
      footer = {
        "",
        "Examples:",
        "  cairn volume create photos",
        "  cairn volume create photos music --replication 3 --node host:7440 --token-file token",
        "  cairn volume create archive --erasure 4+2"
      })
  @SuppressWarnings("NullAway.Init") // picocli sets the fields before it calls
  static final class Create extends ClusterVerb {

    @Parameters(paramLabel = "NAME", arity = "1..*", description = "For people.")
    private List<String> names;

    @Option(
        names = "--replication",
        paramLabel = "N",
        description = "Replicas of each block. Default: 3, on the embedded node 1.")
    private @Nullable Integer replication;

    @Option(
        names = "--erasure",
        paramLabel = "K+M",
        description = {
          "Put blocks of files that were not changed for a day into stripes of K data and M parity",
          "shards on K+M nodes, of which any M may be lost: K from 2 to 16, M from 1 to 4."
        })
    private @Nullable String erasure;

    @Option(
        names = "--quota-bytes",
        paramLabel = "SIZE",
        description = "How much its files may hold, such as 10GiB. Default: none.")
    private @Nullable String quotaBytes;

    @Option(
        names = "--quota-inodes",
        paramLabel = "N",
        description = "How many files and directories it may have, such as 1e6. Default: none.")
    private @Nullable String quotaInodes;

    @Override
    int call(Cluster cluster) throws CommandException, IOException, InterruptedException {
      for (String name : names) {
        Volumes.checkName(name);
      }
      Quota quota = new QuotaOptions(quotaBytes, quotaInodes).appliedTo(Quota.NONE);
      int copies = replication == null ? cluster.defaultReplication() : replication;
      Volumes.checkReplication(copies);
      Erasure coding = erasure == null ? null : Volumes.erasure(erasure, copies);
      Volumes volumes = new Volumes(cluster);
      volumes.requireUnused(names);
      warnOfTooFewNodes(copies, coding, cluster);
      for (Founding founding : new NewVolumes(volumes, copies, coding, quota).found(names)) {
        String id = founding.volume().toString();
        answer(
            names.size() == 1 ? id : id + "  " + founding.name(),
            Map.of("volume", id, "name", founding.name(), "replication", founding.replication()));
      }
      return ExitCode.OK;
    }

    private void warnOfTooFewNodes(int copies, @Nullable Erasure coding, Cluster cluster)
        throws InterruptedException {
      long nodes = cluster.stores().stream().filter(node -> node.up() && node.active()).count();
      int acks = PlacementSettings.of(copies).writeAcks();
      if (nodes < acks) {
        warn(
            String.format(
                "what is written must be stored on %d nodes, and %d is up: until more are,"
                    + " writes wait and fail",
                acks, nodes));
      } else if (nodes < copies) {
        warn(
            String.format(
                "%d replicas need %d nodes, and %d are up: until more are, blocks have fewer",
                copies, copies, nodes));
      }
      if (coding != null && nodes < coding.shards()) {
        warn(
            String.format(
                "stripes of %s need %d nodes that are up, and there are %d: until there are, all"
                    + " blocks stay replicated",
                coding, coding.shards(), nodes));
      }
    }

    private void warn(String what) {
      err().println("cairn: " + what);
    }
  }

  /** {@code cairn volume list}. */
  @Command(
      name = "list",
      description = "List volumes; exits with 3 if a node did not answer.",
      footer = {"", "Example:", "  cairn volume list --json"})
  static final class ListAll extends ClusterVerb {
    @Override
    int call(Cluster cluster) throws CommandException, IOException, InterruptedException {
      Volumes volumes = new Volumes(cluster);
      for (VolumeInfo volume : volumes.list()) {
        answer(line(volume), fields(volume, cluster));
      }
      volumes.silent().forEach(node -> err().println("cairn: no answer from " + node));
      return volumes.silent().isEmpty() ? ExitCode.OK : ExitCode.PARTIAL;
    }

    private static String line(VolumeInfo volume) {
      return String.format(
          "%-20s %10s  %s%s",
          volume.founding().name(),
          Sizes.format(volume.state().usage().bytes()),
          volume.founding().volume(),
          volume.holder().isEmpty() ? "" : "  mounted by " + volume.holder());
    }
  }

  /** {@code cairn volume info}. */
  @Command(
      name = "info",
      description = "Show a volume.",
      footer = {"", "Example:", "  cairn volume info default"})
  @SuppressWarnings("NullAway.Init") // picocli sets the fields before it calls
  static final class Info extends ClusterVerb {

    @Parameters(paramLabel = "VOLUME", description = "Its name or id.")
    private String volume;

    @Override
    int call(Cluster cluster) throws CommandException, IOException, InterruptedException {
      VolumeInfo info = new Volumes(cluster).info(volume);
      Map<String, Object> fields = fields(info, cluster);
      answer(lines(fields), fields);
      return ExitCode.OK;
    }
  }

  /** {@code cairn volume quota}. */
  @Command(
      name = "quota",
      description = {
        "Show or change how much a volume may hold. Changing it needs the volume's key.",
        "A mount hears of it within seconds; what a volume holds beyond its quota stays."
      },
      footer = {
        "",
        "Examples:",
        "  cairn volume quota photos",
        "  cairn volume quota photos --bytes 10GiB --inodes 1e6",
        "  cairn volume quota photos --bytes none"
      })
  @SuppressWarnings("NullAway.Init") // picocli sets the fields before it calls
  static final class SetQuota extends ClusterVerb {

    @Parameters(paramLabel = "VOLUME", description = "Its name or id.")
    private String volume;

    @Option(
        names = "--bytes",
        paramLabel = "SIZE",
        description = "How much its files may hold, such as 10GiB, or none.")
    private @Nullable String bytes;

    @Option(
        names = "--inodes",
        paramLabel = "N",
        description = "How many files and directories it may have, such as 1e6, or none.")
    private @Nullable String inodes;

    @Override
    int call(Cluster cluster) throws CommandException, IOException, InterruptedException {
      Volumes volumes = new Volumes(cluster);
      VolumeInfo info = volumes.info(volume);
      QuotaOptions options = new QuotaOptions(bytes, inodes);
      Quota quota = options.appliedTo(info.state().quota());
      if (!options.isEmpty()) {
        VolumeId id = info.founding().volume();
        Identity key = new VolumeKeys(ClientPaths.ofThisUser().keys()).load(id);
        long version = info.state().quotaVersion() + 1;
        volumes.setQuota(info.founding(), SignedQuota.sign(id, quota, version, key));
      }
      Usage usage = info.state().usage();
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put("name", info.founding().name());
      fields.put("bytes", usage.bytes());
      fields.put("quotaBytes", QuotaOptions.format(quota.bytes()));
      fields.put("inodes", usage.inodes());
      fields.put("quotaInodes", QuotaOptions.format(quota.inodes()));
      answer(lines(fields), fields);
      return ExitCode.OK;
    }
  }

  private static String lines(Map<String, Object> fields) {
    StringBuilder text = new StringBuilder();
    fields.forEach((name, value) -> text.append(String.format("%-13s %s%n", name, value)));
    return text.toString().stripTrailing();
  }

  private static Map<String, Object> fields(VolumeInfo volume, Cluster cluster)
      throws InterruptedException {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("name", volume.founding().name());
    fields.put("volume", volume.founding().volume().toString());
    fields.put("replication", volume.founding().replication());
    Erasure erasure = volume.founding().erasure();
    fields.put("erasure", erasure == null ? "none" : erasure.toString());
    CellId cell = volume.founding().cell();
    fields.put("cell", cell == null ? "" : cell.toString());
    fields.put(
        "voters", cluster.voterIds(volume.founding()).stream().map(NodeId::toString).toList());
    fields.put("created", volume.founding().created().toString());
    fields.put("bytes", volume.state().usage().bytes());
    fields.put("quotaBytes", QuotaOptions.format(volume.state().quota().bytes()));
    fields.put("inodes", volume.state().usage().inodes());
    fields.put("quotaInodes", QuotaOptions.format(volume.state().quota().inodes()));
    fields.put("sequence", volume.state().sequence());
    fields.put("unfoldedBytes", volume.state().unfoldedBytes());
    fields.put("root", volume.state().root() == null ? "" : volume.state().root().toString());
    fields.put("holder", volume.holder());
    return fields;
  }
}
