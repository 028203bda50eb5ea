package io.cairnfs.client.cli;

import io.cairnfs.client.block.BlockClient;
import io.cairnfs.client.history.SnapshotReceiver;
import io.cairnfs.client.namespace.TreeNamespace;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.head.Founding;
import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.head.Snapshot;
import io.cairnfs.protocol.head.VolumeId;
import io.cairnfs.protocol.head.VolumeInfo;
import io.cairnfs.protocol.identity.Identity;
import java.io.BufferedInputStream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code cairn volume receive}. */
@Command(
    name = "receive",
    description = {
      "Read what cairn volume send wrote from standard input. Every block is verified.",
      "A full stream founds a new volume; one that goes on from a snapshot needs a volume that has"
          + " it, and makes that what was sent. Either way the snapshot is there afterwards."
    },
    footer = {
      "",
      "Examples:",
      "  cairn volume receive photos < photos.car",
      "  ssh host cairn volume send photos@tuesday --from monday | cairn volume receive photos"
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields before it calls
final class ReceiveVerb extends ClusterVerb {

  private static final int BUFFER_BYTES = 1 << 20;
  private static final long CACHE_BYTES = 32L << 20;

  @Parameters(
      paramLabel = "VOLUME",
      description = "A new name, or the name or id of a volume that there is.")
  private String volume;

  @Option(
      names = "--replication",
      paramLabel = "N",
      description = "Replicas of each block of a new volume. Default: 3, on the embedded node 1.")
  private @Nullable Integer replication;

  @Option(
      names = "--yes",
      description =
          "Also if the volume has changed since the snapshot that this goes on from; what it is"
              + " gets a snapshot.")
  private boolean yes;

  @Override
  int call(Cluster cluster) throws CommandException, IOException, InterruptedException {
    try (InputStream in =
        new BufferedInputStream(new FileInputStream(FileDescriptor.in), BUFFER_BYTES)) {
      SnapshotReceiver receiver = SnapshotReceiver.open(in);
      Volumes volumes = new Volumes(cluster);
      Optional<Founding> existing = find(volumes);
      long blocks =
          existing.isPresent()
              ? advance(cluster, receiver, existing.get())
              : found(cluster, volumes, receiver);
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put("name", volume);
      fields.put("snapshot", receiver.name());
      fields.put("blocks", blocks);
      fields.put("founded", existing.isEmpty());
      answer("received " + receiver.name() + ", " + blocks + " blocks", fields);
      return ExitCode.OK;
    }
  }

  private Optional<Founding> find(Volumes volumes)
      throws CommandException, IOException, InterruptedException {
    List<VolumeInfo> all = volumes.list();
    boolean exists =
        all.stream()
            .map(VolumeInfo::founding)
            .anyMatch(one -> one.name().equals(volume) || one.volume().toString().equals(volume));
    return exists ? Optional.of(volumes.find(volume)) : Optional.empty();
  }

  private long found(Cluster cluster, Volumes volumes, SnapshotReceiver receiver)
      throws CommandException, IOException, InterruptedException {
    Volumes.checkName(volume);
    if (receiver.base() != null) {
      throw new CommandException(
          "the stream goes on from snapshot '"
              + receiver.baseName()
              + "', and there is no volume '"
              + volume
              + "' that has it: receive a full one first, sent without --from");
    }
    int copies = replication == null ? cluster.defaultReplication() : replication;
    Volumes.checkReplication(copies);
    Identity key = Identity.generate();
    VolumeId id = new VolumeKeys(ClientPaths.ofThisUser().keys()).add(key);
    BlockClient blocks = ClusterHistory.blocks(cluster, id, copies);
    long count = receiver.store(blocks, new TreeNamespace.Source(blocks, CACHE_BYTES));
    Founding founding = volumes.foundOn(key, volume, copies, null, receiver.origin());
    ClusterHistory.of(cluster, founding, "receive")
        .snapshots()
        .create(founding.volume(), receiver.copy(receiver.name()), ClusterHistory.TIMEOUT);
    return count;
  }

  private long advance(Cluster cluster, SnapshotReceiver receiver, Founding founding)
      throws CommandException, IOException, InterruptedException {
    Cid base = receiver.base();
    if (base == null) {
      throw new CommandException(
          "there is a volume '"
              + volume
              + "', and a full stream founds a new one: give another name, or send with --from");
    }
    ClusterHistory of = ClusterHistory.of(cluster, founding, "receive");
    List<Snapshot> there = of.history().list().snapshots();
    if (there.stream().noneMatch(one -> Objects.equals(base, one.root()))) {
      throw new CommandException(
          "volume '"
              + volume
              + "' lacks the snapshot that the stream goes on from, which its sender calls '"
              + receiver.baseName()
              + "': receive that one first");
    }
    for (Snapshot one : there) {
      if (one.name().equals(receiver.name())) {
        throw new CommandException(
            "volume '"
                + volume
                + "' has a snapshot '"
                + one.name()
                + "' already"
                + (Objects.equals(receiver.origin().root(), one.root())
                    ? ", the one that was sent"
                    : ", which is another one; delete it first"));
      }
    }
    long count = receiver.store(of.blocks(), of.history().trees());
    try {
      of.history().advance(base, receiver.origin(), receiver.copy(receiver.name()), yes);
    } catch (HeadException e) {
      if (e.reason() != HeadException.Reason.HELD) {
        throw e;
      }
      throw new CommandException(e.getMessage() + "; unmount it, then receive this again", e);
    }
    return count;
  }
}
