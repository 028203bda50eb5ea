package io.cairnfs.client.cli;

import io.cairnfs.protocol.head.Founding;
import io.cairnfs.protocol.head.VolumeId;
import io.cairnfs.protocol.head.message.CheckpointRecord;
import io.cairnfs.protocol.head.message.HeadRecord;
import io.cairnfs.protocol.identity.Identity;
import io.cairnfs.protocol.identity.NodeId;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code cairn volume recover}: founds a volume again from its last checkpoint. */
@Command(
    name = "recover",
    description = {
      "Found a volume again whose head is lost, from the last checkpoint that its nodes have left"
          + " in the DHT. Needs the volume's key.",
      "What was committed after the checkpoint is lost, and files that mounts have open fail."
          + " Without --yes it says what it would do."
    },
    footer = {
      "",
      "Examples:",
      "  cairn volume recover photos",
      "  cairn volume recover photos --yes"
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields before it calls
final class RecoverVerb extends ClusterVerb {

  @Parameters(paramLabel = "VOLUME", description = "Its name or id.")
  private String volume;

  @Option(names = "--yes", description = "Do it.")
  private boolean yes;

  @Override
  int call(Cluster cluster) throws CommandException, IOException, InterruptedException {
    VolumeKeys keys = new VolumeKeys(ClientPaths.ofThisUser().keys());
    VolumeRecovery recovery = new VolumeRecovery(cluster);
    Founding founding = find(cluster, keys);
    Identity key = keys.load(founding.volume());
    VolumeRecovery.Found state = recovery.find(founding);
    if (state == VolumeRecovery.Found.ANSWERS) {
      throw new CommandException(
          "volume '" + founding.name() + "' is not lost: its head answers; nothing is done");
    }
    Optional<CheckpointRecord> last = recovery.checkpoint(founding);
    if (last.isEmpty()) {
      throw new CommandException(
          "no checkpoint of volume '"
              + founding.name()
              + "' is in the DHT, as far as nodes answer; cairn cluster restore founds it again"
              + " from a backup, if there is one");
    }
    CheckpointRecord checkpoint = last.get();
    if (yes) {
      founding = recovery.found(key, checkpoint.getHead());
    }
    answer(text(founding, checkpoint, state), fields(founding, checkpoint));
    return ExitCode.OK;
  }

  /** By the record that it signed: those who knew its name are lost. */
  private Founding find(Cluster cluster, VolumeKeys keys)
      throws CommandException, IOException, InterruptedException {
    List<Founding> found = new ArrayList<>();
    for (VolumeId id : keys.list()) {
      cluster
          .founding(id)
          .filter(one -> one.name().equals(volume) || id.toString().equals(volume))
          .ifPresent(found::add);
    }
    if (found.size() == 1) {
      return found.getFirst();
    }
    throw new CommandException(
        found.isEmpty()
            ? "no founding record of a volume '"
                + volume
                + "' whose key is here is in the DHT, as far as nodes answer; cairn key list shows"
                + " the keys"
            : "several volumes are named '"
                + volume
                + "'; name one by its id: "
                + found.stream().map(Founding::volume).toList());
  }

  private static NodeId signer(CheckpointRecord checkpoint) {
    return NodeId.ofPublicKey(checkpoint.getSigner().toByteArray());
  }

  private static Instant time(CheckpointRecord checkpoint) {
    return Instant.ofEpochMilli(checkpoint.getVersion()).truncatedTo(ChronoUnit.SECONDS);
  }

  private String text(Founding founding, CheckpointRecord checkpoint, VolumeRecovery.Found state) {
    HeadRecord head = checkpoint.getHead();
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            "'%s', checkpoint of %s by node %s: sequence %d, %s in %d inodes, %d snapshots%n",
            founding.name(),
            time(checkpoint),
            signer(checkpoint),
            head.getState().getSequence(),
            Sizes.format(head.getState().getUsage().getBytes()),
            head.getState().getUsage().getInodes(),
            head.getSnapshotCount()));
    if (checkpoint.getSnapshotsLeftOut() > 0) {
      text.append(
          String.format(
              "%d snapshots, the oldest, had no room in it%n", checkpoint.getSnapshotsLeftOut()));
    }
    if (!yes && state == VolumeRecovery.Found.SILENT) {
      text.append(
          String.format(
              "the nodes that host it do not answer: if they can be started again, nothing is lost;"
                  + " after this, what they have of the volume's head is void%n"));
    }
    return text.append(
            yes
                ? "founded again. What was committed after that is lost, and files that mounts have"
                    + " open fail. cairn fsck checks it"
                : "what was committed after that will be lost; --yes founds the volume again")
        .toString();
  }

  private Map<String, Object> fields(Founding founding, CheckpointRecord checkpoint) {
    HeadRecord head = checkpoint.getHead();
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("name", founding.name());
    fields.put("volume", founding.volume().toString());
    fields.put("epoch", founding.epoch());
    fields.put("checkpoint", time(checkpoint).toString());
    fields.put("signer", signer(checkpoint).toString());
    fields.put("sequence", head.getState().getSequence());
    fields.put("bytes", head.getState().getUsage().getBytes());
    fields.put("inodes", head.getState().getUsage().getInodes());
    fields.put("snapshots", head.getSnapshotCount());
    fields.put("snapshotsLeftOut", checkpoint.getSnapshotsLeftOut());
    fields.put("recovered", yes);
    return fields;
  }
}
