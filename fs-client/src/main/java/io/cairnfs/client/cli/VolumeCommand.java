package io.cairnfs.client.cli;

import io.cairnfs.protocol.head.Founding;
import io.cairnfs.protocol.head.VolumeId;
import io.cairnfs.protocol.head.VolumeInfo;
import io.cairnfs.protocol.identity.Identity;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code cairn volume}: make volumes and look at them. */
@Command(
    name = "volume",
    description = "Make volumes and look at them.",
    subcommands = {
      VolumeCommand.Create.class,
      VolumeCommand.ListAll.class,
      VolumeCommand.Info.class
    })
final class VolumeCommand extends Noun {

  /** {@code cairn volume create}. */
  @Command(
      name = "create",
      description = "Found a volume; its key is kept here (cairn key export copies it).",
      footer = {
        "",
        "Examples:",
        "  cairn volume create photos",
        "  cairn volume create photos --replication 3 --node host:7440 --token-file token"
      })
  @SuppressWarnings("NullAway.Init") // picocli sets the fields before it calls
  static final class Create extends ClusterVerb {

    @Parameters(paramLabel = "NAME", description = "For people.")
    private String name;

    @Option(
        names = "--replication",
        paramLabel = "N",
        description = "Replicas of each block. Default: 3, on the embedded node 1.")
    private @Nullable Integer replication;

    @Override
    int call(Cluster cluster) throws CommandException, IOException, InterruptedException {
      Volumes.checkName(name);
      int copies = replication == null ? cluster.defaultReplication() : replication;
      if (copies < 1 || copies > MAX_REPLICATION) {
        throw new CommandException(
            ExitCode.USAGE, "--replication is from 1 to " + MAX_REPLICATION, null);
      }
      Volumes volumes = new Volumes(cluster);
      for (VolumeInfo other : volumes.list()) {
        if (other.founding().name().equals(name)) {
          throw new CommandException(
              "a volume '" + name + "' exists already: " + other.founding().volume());
        }
      }
      Identity key = Identity.generate();
      VolumeId id = new VolumeKeys(ClientPaths.ofThisUser().keys()).add(key);
      Founding founding = volumes.found(key, name, copies);
      answer(
          id.toString(),
          Map.of("volume", id.toString(), "name", name, "replication", founding.replication()));
      return ExitCode.OK;
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
        answer(line(volume), fields(volume));
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
      Map<String, Object> fields = fields(info);
      StringBuilder text = new StringBuilder();
      fields.forEach((name, value) -> text.append(String.format("%-12s %s%n", name, value)));
      answer(text.toString().stripTrailing(), fields);
      return ExitCode.OK;
    }
  }

  /** More than this many copies are a typing error rather than a wish. */
  private static final int MAX_REPLICATION = 16;

  private static Map<String, Object> fields(VolumeInfo volume) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("name", volume.founding().name());
    fields.put("volume", volume.founding().volume().toString());
    fields.put("replication", volume.founding().replication());
    fields.put("voters", volume.founding().voters().stream().map(id -> id.toString()).toList());
    fields.put("created", volume.founding().created().toString());
    fields.put("bytes", volume.state().usage().bytes());
    fields.put("inodes", volume.state().usage().inodes());
    fields.put("sequence", volume.state().sequence());
    fields.put("unfoldedBytes", volume.state().unfoldedBytes());
    fields.put("root", volume.state().root() == null ? "" : volume.state().root().toString());
    fields.put("holder", volume.holder());
    return fields;
  }
}
