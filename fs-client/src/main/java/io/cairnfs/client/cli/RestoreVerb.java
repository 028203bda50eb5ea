package io.cairnfs.client.cli;

import io.cairnfs.client.block.BlockClient;
import io.cairnfs.client.recovery.BackupManifest;
import io.cairnfs.client.recovery.BackupReader;
import io.cairnfs.protocol.block.Block;
import io.cairnfs.protocol.block.BlockLimits;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.head.Founding;
import io.cairnfs.protocol.head.HeadMessages;
import io.cairnfs.protocol.head.VolumeId;
import io.cairnfs.protocol.head.message.HeadRecord;
import io.cairnfs.protocol.identity.Identity;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code cairn cluster restore}: founds volumes again from a backup of their heads. */
@Command(
    name = "restore",
    description = {
      "Found volumes again whose heads are lost, as a backup has them; a volume whose head answers"
          + " is left alone. Needs the volumes' keys. What was committed after the backup is lost.",
      "Without --yes it says what it would do. Exits with 3 if a key is missing."
    },
    footer = {
      "",
      "Examples:",
      "  cairn cluster restore heads.car",
      "  cairn cluster restore heads.car --yes photos"
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields before it calls
final class RestoreVerb extends ClusterVerb {

  @Parameters(index = "0", paramLabel = "FILE", description = "Made by cairn cluster backup.")
  private Path file;

  @Parameters(
      index = "1..*",
      arity = "0..*",
      paramLabel = "VOLUME",
      description = "Names or ids. Default: all volumes of the file.")
  private List<String> wanted = List.of();

  @Option(names = "--yes", description = "Do it.")
  private boolean yes;

  @Override
  int call(Cluster cluster) throws CommandException, IOException, InterruptedException {
    BackupReader backup = BackupReader.open(file);
    List<BackupManifest.Entry> chosen = choose(backup.manifest());
    VolumeKeys keys = new VolumeKeys(ClientPaths.ofThisUser().keys());
    List<VolumeId> owned = keys.list();
    VolumeRecovery recovery = new VolumeRecovery(cluster);
    Map<Cid, Block> blocks = backup.blocks(chosen);
    int exitCode = ExitCode.OK;
    for (BackupManifest.Entry entry : chosen) {
      HeadRecord head = BackupReader.head(block(blocks, entry.head()));
      Founding lost = recovery.latest(HeadMessages.decode(head.getFounding()));
      if (recovery.find(lost) == VolumeRecovery.Found.ANSWERS) {
        tell(entry, head, "its head answers, and is left alone", false);
      } else if (!owned.contains(entry.volume())) {
        tell(entry, head, "its key is not here: cairn key import brings it", false);
        exitCode = ExitCode.PARTIAL;
      } else if (!yes) {
        tell(entry, head, "would be founded again; --yes does it", false);
      } else {
        restore(cluster, recovery, keys.load(entry.volume()), entry, head, blocks);
        tell(entry, head, "founded again", true);
      }
    }
    return exitCode;
  }

  private List<BackupManifest.Entry> choose(BackupManifest manifest) throws CommandException {
    List<BackupManifest.Entry> chosen =
        new ArrayList<>(wanted.isEmpty() ? manifest.volumes() : List.of());
    for (String word : wanted) {
      List<BackupManifest.Entry> named =
          manifest.volumes().stream()
              .filter(one -> one.name().equals(word) || one.volume().toString().equals(word))
              .toList();
      if (named.isEmpty()) {
        throw new CommandException("no volume '" + word + "' in " + file);
      }
      chosen.addAll(named);
    }
    return chosen;
  }

  private static Block block(Map<Cid, Block> blocks, Cid cid) throws IOException {
    Block block = blocks.get(cid);
    if (block == null) {
      throw new IOException("block " + cid + " is not in the backup");
    }
    return block;
  }

  private static void restore(
      Cluster cluster,
      VolumeRecovery recovery,
      Identity key,
      BackupManifest.Entry entry,
      HeadRecord head,
      Map<Cid, Block> blocks)
      throws CommandException, IOException, InterruptedException {
    Founding founding = HeadMessages.decode(head.getFounding());
    BlockClient store = ClusterHistory.blocks(cluster, founding.volume(), founding.replication());
    List<Block> batch = new ArrayList<>();
    long bytes = 0;
    for (Cid cid : entry.tree()) {
      Block block = block(blocks, cid);
      if (bytes + block.bytes().length > BlockLimits.MAX_BATCH_BYTES) {
        store.put(List.copyOf(batch));
        batch.clear();
        bytes = 0;
      }
      batch.add(block);
      bytes += block.bytes().length;
    }
    if (!batch.isEmpty()) {
      store.put(batch);
    }
    recovery.found(key, head);
  }

  private void tell(BackupManifest.Entry entry, HeadRecord head, String what, boolean restored) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("name", entry.name());
    fields.put("volume", entry.volume().toString());
    fields.put("sequence", head.getState().getSequence());
    fields.put("snapshots", head.getSnapshotCount());
    fields.put("restored", restored);
    fields.put("what", what);
    answer(entry.name() + "  " + entry.volume() + ": " + what, fields);
  }
}
