package io.cairnfs.client.cli;

import io.cairnfs.client.block.ScratchBlocks;
import io.cairnfs.client.head.HeadPlace;
import io.cairnfs.client.head.RemoteHead;
import io.cairnfs.client.head.RemoteRecovery;
import io.cairnfs.client.namespace.VolumeFold;
import io.cairnfs.client.recovery.BackupWriter;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.head.Founding;
import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.head.HeadMessages;
import io.cairnfs.protocol.head.HeadState;
import io.cairnfs.protocol.head.RecoveryMessages;
import io.cairnfs.protocol.head.Snapshot;
import io.cairnfs.protocol.head.VolumeInfo;
import io.cairnfs.protocol.head.message.HeadRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code cairn cluster backup}: keeps the heads of volumes in a file. */
@Command(
    name = "backup",
    description = {
      "Keep the heads of volumes in a file: what they are named, where their trees are, snapshots,"
          + " quotas and schedules, with everything that is committed. Blocks stay on the nodes,"
          + " and keys with their owners.",
      "Volumes may be mounted and written to meanwhile. Exits with 3 if a node did not answer."
    },
    footer = {
      "",
      "Examples:",
      "  cairn cluster backup /media/usb/heads.car",
      "  cairn cluster backup /srv/backups/               a new file, named by the time",
      "  cairn cluster backup heads.car photos music      these volumes only"
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields before it calls
final class BackupVerb extends ClusterVerb {

  /** How often a look at a head begins again because a mount has folded. */
  private static final int TRIES = 5;

  private static final long CACHE_BYTES = 32L << 20;

  @Parameters(
      index = "0",
      paramLabel = "FILE|DIRECTORY",
      description = "A file that is replaced, or a directory for a new one.")
  private Path target;

  @Parameters(
      index = "1..*",
      arity = "0..*",
      paramLabel = "VOLUME",
      description = "Names or ids. Default: all volumes.")
  private List<String> wanted = List.of();

  @Override
  int call(Cluster cluster) throws CommandException, IOException, InterruptedException {
    Volumes volumes = new Volumes(cluster);
    List<VolumeInfo> chosen = volumes.choose(wanted);
    Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    Path file = Files.isDirectory(target) ? target.resolve("heads-" + now + ".car") : target;
    try (BackupWriter writer = new BackupWriter(file.toAbsolutePath(), now)) {
      for (VolumeInfo volume : chosen) {
        add(cluster, volume.founding(), writer);
      }
      writer.finish();
    }
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("file", file.toString());
    fields.put("volumes", chosen.size());
    fields.put("bytes", Files.size(file));
    fields.put("silentNodes", volumes.silent());
    answer(chosen.size() + " volumes in " + file + ", " + Sizes.format(Files.size(file)), fields);
    volumes.silent().forEach(node -> err().println("cairn: no answer from " + node));
    return volumes.silent().isEmpty() ? ExitCode.OK : ExitCode.PARTIAL;
  }

  private static void add(Cluster cluster, Founding founding, BackupWriter writer)
      throws IOException, InterruptedException {
    ClusterHistory of = ClusterHistory.of(cluster, founding, "backup");
    for (Snapshot snapshot : of.history().list().snapshots()) {
      if (snapshot.root() == null) {
        of.history().pinned(snapshot.name());
      }
    }
    HeadPlace place = cluster.place(founding);
    RemoteHead head = new RemoteHead(cluster.transport(), place);
    RemoteRecovery recovery = new RemoteRecovery(cluster.transport(), place);
    for (int tries = 1; ; tries++) {
      HeadRecord record = recovery.export(founding.volume(), ClusterHistory.TIMEOUT);
      HeadState state = HeadMessages.decode(record.getState());
      try {
        ScratchBlocks scratch = new ScratchBlocks(of.blocks());
        Cid root =
            state.sequence() == state.rootSequence()
                ? state.root()
                : VolumeFold.preview(head, founding.volume(), state, scratch, CACHE_BYTES);
        writer.add(RecoveryMessages.folded(record, HeadMessages.encodeRoot(root)), scratch.kept());
        return;
      } catch (HeadException e) {
        if (e.reason() != HeadException.Reason.REFUSED || tries == TRIES) {
          throw e;
        }
      }
    }
  }
}
