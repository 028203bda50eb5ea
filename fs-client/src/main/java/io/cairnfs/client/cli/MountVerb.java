package io.cairnfs.client.cli;

import io.cairnfs.client.fuse.mounting.MountOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code cairn mount}: shows a volume as a directory tree. */
@Command(
    name = "mount",
    description = "Show a volume as a directory. Without --node it is one of the embedded node.",
    footer = {
      "",
      "Examples:",
      "  cairn mount ./mnt                the volume 'default', made when it is missing",
      "  cairn mount photos ./mnt         one that cairn volume create made",
      "  cairn mount -o ro,timeout=10 photos ./mnt --node host:7440 --token-file token",
      "  cairn umount ./mnt"
    })
final class MountVerb extends Verb {

  @Mixin private AccessOptions access = new AccessOptions();

  @Parameters(
      arity = "1..2",
      paramLabel = "[VOLUME] DIRECTORY",
      hideParamSyntax = true,
      description = "A volume's name or id, and where; made if only its last part is missing.")
  private List<String> words = new ArrayList<>();

  @Option(
      names = "-o",
      paramLabel = "OPTIONS",
      description =
          "As of mount(8), and timeout=30s, subdir=DIRECTORY; docs/operations.md lists them.")
  private List<String> options = new ArrayList<>();

  @Option(
      names = {"-f", "--foreground"},
      description = "Stay until it is unmounted, and log to stderr.")
  private boolean foreground;

  @Option(names = "--report", hidden = true, description = "Where to tell that it is usable.")
  private @Nullable Path report;

  @Option(names = "--log", hidden = true, description = "The file that stderr is.")
  private @Nullable Path log;

  /** The mount point, if it was missing. */
  private @Nullable Path made;

  @Override
  public Integer call() throws CommandException, IOException, InterruptedException {
    if (report != null) {
      StartReport start = new StartReport(report);
      return start.around(() -> serve(start::usable));
    }
    try {
      return foreground ? serve(this::sayMounted) : startDaemon();
    } catch (CommandException | IOException | InterruptedException | RuntimeException e) {
      MountPaths.removeIfUnused(made);
      throw e;
    }
  }

  private int serve(StartReport.Usable usable)
      throws CommandException, IOException, InterruptedException {
    Logging.serving(root().verbose());
    return new MountProcess(ClientPaths.ofThisUser(), root().connector(), log)
        .run(request(), usable);
  }

  private int startDaemon() throws CommandException, IOException, InterruptedException {
    MountDaemon daemon = new MountDaemon(ClientPaths.ofThisUser(), root().verbose());
    MountRequest request = request();
    Path file = daemon.start(request);
    answer(
        "mounted on " + request.directory() + ", log in " + file,
        Map.of("directory", request.directory().toString(), "log", file.toString()));
    return ExitCode.OK;
  }

  private void sayMounted(MountRecord mount) {
    answer("mounted on " + mount.directory(), Map.of("directory", mount.directory().toString()));
  }

  private MountRequest request() throws CommandException, IOException {
    VolumeOptions volume;
    MountOptions parsed;
    try {
      volume = VolumeOptions.parse(options);
      parsed = MountOptions.DEFAULT.with(volume.others());
    } catch (IllegalArgumentException e) {
      throw new CommandException(ExitCode.USAGE, String.valueOf(e.getMessage()), e);
    }
    ClusterAccess cluster = access.resolve(volume.nodes(), volume.tokenFile());
    if (words.size() == 1 && !cluster.nodes().isEmpty()) {
      throw new CommandException(
          ExitCode.USAGE,
          "which volume? cairn mount VOLUME DIRECTORY; cairn volume list shows those there are",
          null);
    }
    Path directory = Path.of(words.getLast());
    if (MountPaths.makeIfMissing(directory)) {
      made = directory;
      err().println("cairn: made the directory " + directory);
    }
    return new MountRequest(
        cluster,
        words.size() == 1 ? null : words.getFirst(),
        MountPaths.resolve(directory),
        volume.subdirectory(),
        volume.snapshot(),
        volume.binding(),
        volume.others(),
        parsed);
  }
}
