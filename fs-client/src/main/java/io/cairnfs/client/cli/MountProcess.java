package io.cairnfs.client.cli;

import io.cairnfs.client.fuse.linux.MountTable;
import io.cairnfs.client.mount.MountSettings;
import io.cairnfs.client.mount.VolumeMount;
import io.cairnfs.node.EmbeddedNode;
import io.cairnfs.protocol.head.Founding;
import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.head.Snapshot;
import io.cairnfs.protocol.head.VolumeInfo;
import io.cairnfs.protocol.identity.Identity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A process that serves one mount until it is unmounted: the composition root of the client. */
final class MountProcess {

  private static final Logger LOG = LoggerFactory.getLogger(MountProcess.class);

  /** The volume of the embedded node that is there without being made. */
  static final String DEFAULT_VOLUME = "default";

  /** What ending takes beyond the mount's own timeout: closing the store. */
  private static final Duration CLOSING = Duration.ofSeconds(10);

  private final ClientPaths paths;
  private final Connector connector;
  private final @Nullable Path log;
  private final MountRecords records;

  /**
   * @param log what this process writes; null if it is a terminal
   */
  MountProcess(ClientPaths paths, Connector connector, @Nullable Path log) {
    this.paths = paths;
    this.connector = connector;
    this.log = log;
    this.records = new MountRecords(paths.mounts());
  }

  /** Mounts, serves and ends; returns the exit code. */
  int run(MountRequest request, StartReport.Usable usable)
      throws CommandException, IOException, InterruptedException {
    Thread main = Thread.currentThread();
    VolumeMount[] mounted = new VolumeMount[1];
    Duration patience = request.options().timeout().plus(CLOSING);
    try (Termination termination = new Termination(() -> end(mounted, main), patience)) {
      try {
        serve(request, usable, mounted);
        return ExitCode.OK;
      } catch (CommandException | IOException | InterruptedException | RuntimeException e) {
        termination.failed(e);
        throw e;
      }
    }
  }

  /** Ends the mount even if it is in use; what was written is stored by the thread that serves. */
  private static void end(VolumeMount[] mounted, Thread main) {
    synchronized (mounted) {
      if (mounted[0] == null) {
        main.interrupt();
        return;
      }
    }
    try {
      mounted[0].close();
    } catch (IOException e) {
      LOG.error("ending the mount failed", e);
    }
  }

  private void serve(MountRequest request, StartReport.Usable usable, VolumeMount[] mounted)
      throws CommandException, IOException, InterruptedException {
    MountRecord record = null;
    awaitEndOfUnmounted(request);
    try (Cluster cluster = open(request)) {
      Founding founding = founding(cluster, request);
      String name = founding.name();
      MountSettings settings =
          MountSettings.of(request.directory(), request.options(), host())
              .withBinding(request.binding())
              .withSubdirectory(request.subdirectory())
              .withDefaultSource("cairn:" + name + suffix(request));
      VolumeMount mount = mount(cluster, founding, request.snapshot(), settings);
      synchronized (mounted) {
        mounted[0] = mount;
      }
      record =
          new MountRecord(
              request.directory(),
              ProcessId.current(),
              name,
              log,
              request.options().timeout(),
              null);
      records.put(record);
      LOG.info("volume {} is mounted on {}", name, request.directory());
      usable.mounted(record);
      mount.awaitEnd();
      LOG.info("{} is unmounted, everything is stored", request.directory());
    } catch (CommandException | IOException | InterruptedException | RuntimeException e) {
      if (record != null) {
        LOG.error("not everything was stored", e);
        records.put(record.withFailure(FailureReport.message(e)));
      }
      throw e;
    }
    records.remove(request.directory());
  }

  private static String suffix(MountRequest request) {
    return request.snapshot() == null ? "" : "@" + request.snapshot();
  }

  /**
   * After umount(8) a mount's process still stores what was written. Who mounts the volume again
   * waits for that instead of being refused.
   */
  private void awaitEndOfUnmounted(MountRequest request) throws IOException, InterruptedException {
    String volume = request.volume() == null ? DEFAULT_VOLUME : request.volume();
    for (MountRecord mount : records.running()) {
      boolean same = mount.directory().equals(request.directory()) || mount.volume().equals(volume);
      if (same && MountTable.at(mount.directory()).isEmpty()) {
        LOG.info("waiting for the last mount on {} to be stored", mount.directory());
        mount.process().awaitEnd(mount.timeout().plus(CLOSING));
      }
    }
  }

  private Cluster open(MountRequest request)
      throws CommandException, IOException, InterruptedException {
    if (!request.access().nodes().isEmpty()) {
      return Clusters.open(connector, request.access());
    }
    EmbeddedNode node = new EmbeddedAccess(paths).open();
    try {
      node.listen(paths.socket());
    } catch (IOException e) {
      LOG.warn("{}: other commands cannot reach this mount's node", paths.socket(), e);
    }
    return OneNodeCluster.of(node);
  }

  private Founding founding(Cluster cluster, MountRequest request)
      throws CommandException, IOException, InterruptedException {
    Volumes volumes = new Volumes(cluster);
    String wanted = request.volume() == null ? DEFAULT_VOLUME : request.volume();
    if (request.access().nodes().isEmpty() && wanted.equals(DEFAULT_VOLUME)) {
      Optional<VolumeInfo> existing =
          volumes.list().stream()
              .filter(volume -> volume.founding().name().equals(DEFAULT_VOLUME))
              .findFirst();
      if (existing.isPresent()) {
        return existing.get().founding();
      }
      Identity key = Identity.generate();
      new VolumeKeys(paths.keys()).add(key);
      return volumes.found(key, DEFAULT_VOLUME, cluster.defaultReplication(), null);
    }
    return volumes.find(wanted);
  }

  private static VolumeMount mount(
      Cluster cluster, Founding founding, @Nullable String snapshot, MountSettings settings)
      throws CommandException, IOException, InterruptedException {
    try {
      if (snapshot != null) {
        Snapshot pinned = ClusterHistory.of(cluster, founding, "mount").history().pinned(snapshot);
        return VolumeMount.mountSnapshot(cluster.backend(founding), founding, pinned, settings);
      }
      return VolumeMount.mount(cluster.backend(founding), founding, settings);
    } catch (HeadException e) {
      if (e.reason() == HeadException.Reason.UNAVAILABLE) {
        throw new Volumes(cluster).unreachable(founding, settings.options().timeout(), e);
      }
      throw e;
    }
  }

  private static String host() throws IOException {
    return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
  }
}
