package io.cairnfs.client.mount;

import io.cairnfs.client.block.BlockClient;
import io.cairnfs.client.block.BlockClients;
import io.cairnfs.client.block.BlockCounters;
import io.cairnfs.client.block.Claims;
import io.cairnfs.client.block.PlacementSettings;
import io.cairnfs.client.block.Stripes;
import io.cairnfs.client.clock.BootTimeClock;
import io.cairnfs.client.content.Content;
import io.cairnfs.client.content.ContentSettings;
import io.cairnfs.client.fuse.linux.LibC;
import io.cairnfs.client.fuse.mounting.KernelFlag;
import io.cairnfs.client.fuse.mounting.MountOptions;
import io.cairnfs.client.fuse.mounting.ServedMount;
import io.cairnfs.client.head.RemoteHead;
import io.cairnfs.client.head.RemoteSnapshots;
import io.cairnfs.client.head.RemoteSweeps;
import io.cairnfs.client.history.DrainWatch;
import io.cairnfs.client.namespace.CommitOptions;
import io.cairnfs.client.namespace.Namespace;
import io.cairnfs.client.namespace.NamespaceOpener;
import io.cairnfs.client.namespace.NamespaceOptions;
import io.cairnfs.client.namespace.NamespaceView;
import io.cairnfs.client.namespace.TreeNamespace;
import io.cairnfs.client.stripe.StripeSettings;
import io.cairnfs.client.stripe.StripeWorker;
import io.cairnfs.client.stripe.Striper;
import io.cairnfs.client.sweep.SweepWorker;
import io.cairnfs.client.sweep.Sweeper;
import io.cairnfs.client.tidy.TidySettings;
import io.cairnfs.client.vfs.AccessTimePolicy;
import io.cairnfs.client.vfs.AccessTimePolicy.Update;
import io.cairnfs.client.vfs.Caller;
import io.cairnfs.client.vfs.ControlSource;
import io.cairnfs.client.vfs.ControlVfs;
import io.cairnfs.client.vfs.Entry;
import io.cairnfs.client.vfs.MountedVolume;
import io.cairnfs.client.vfs.Sessions;
import io.cairnfs.client.vfs.SnapshotVfs;
import io.cairnfs.client.vfs.SubtreeVfs;
import io.cairnfs.client.vfs.Vfs;
import io.cairnfs.client.vfs.VfsException;
import io.cairnfs.client.wait.Deadline;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.erasure.Erasure;
import io.cairnfs.protocol.head.Founding;
import io.cairnfs.protocol.head.Snapshot;
import io.cairnfs.protocol.head.Snapshots;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A volume mounted on a directory: the composition of the client, from head and blocks up to the
 * kernel. It lives until it is unmounted, by {@link #unmount} or by anyone; then {@link #awaitEnd}
 * stores and commits what is left.
 */
public final class VolumeMount {

  private static final Logger LOG = LoggerFactory.getLogger(VolumeMount.class);

  private static final Duration COMMIT_INTERVAL = CommitOptions.DEFAULTS.interval();

  /** What is to be done once nobody uses the file system any more. */
  @FunctionalInterface
  private interface End {
    void close() throws IOException, InterruptedException;
  }

  private final End end;
  private final ServedMount served;

  private VolumeMount(End end, ServedMount served) {
    this.end = end;
    this.served = served;
  }

  /**
   * Mounts a volume. When this returns, programs can use it.
   *
   * @throws IOException with a message for the user: the volume is held, its head cannot be
   *     reached, or the kernel refuses
   */
  public static VolumeMount mount(Backend backend, Founding founding, MountSettings settings)
      throws IOException, InterruptedException {
    Duration timeout = settings.options().timeout();
    BlockCounters counters = new BlockCounters();
    Claims claims = new Claims(founding.volume());
    BlockClient blocks = blocks(backend, founding, settings, claims, counters);
    Content content = new Content(blocks, ContentSettings.defaults(timeout));
    MountedVolume volume = null;
    try {
      Sessions sessions = sessions(backend, founding, settings, blocks);
      volume =
          MountedVolume.open(
              sessions, content, backend.status(), tidy(settings), accessTimes(settings), timeout);
      Vfs part = part(volume.vfs(), settings);
      Snapshots snapshots = new RemoteSnapshots(backend.transport(), backend.place());
      ControlSource control =
          new MountedSnapshots(
              snapshots,
              founding.volume(),
              volume,
              blocks,
              content,
              backend.status(),
              counters,
              settings);
      warnOfOwnDirectory(part, timeout);
      Vfs shown = new ControlVfs(part, control);
      ServedMount served =
          settings.binding().mount(settings.directory(), shown, settings.options());
      DrainWatch watch = DrainWatch.start(snapshots, founding.volume(), volume, timeout);
      SweepWorker sweeping = sweeping(backend, founding, settings, snapshots, blocks, volume);
      FoldTimer folding =
          FoldTimer.start(
              new RemoteHead(backend.transport(), backend.place()),
              founding.volume(),
              volume,
              timeout,
              settings.options().has(KernelFlag.READ_ONLY));
      StripeWorker striping = striping(backend, founding, settings, blocks, claims, volume);
      MountedVolume opened = volume;
      return new VolumeMount(
          () -> {
            if (striping != null) {
              striping.close();
            }
            folding.close();
            sweeping.close();
            watch.close();
            opened.close();
          },
          served);
    } catch (IOException | InterruptedException | RuntimeException e) {
      if (volume == null) {
        content.close();
      } else {
        volume.close();
      }
      throw e;
    }
  }

  /**
   * Mounts a snapshot of a volume, read-only and without a session: others may have the volume
   * mounted, and change it.
   *
   * @param snapshot has its root
   * @throws IOException with a message for the user
   */
  public static VolumeMount mountSnapshot(
      Backend backend, Founding founding, Snapshot snapshot, MountSettings settings)
      throws IOException, InterruptedException {
    Cid root = Objects.requireNonNull(snapshot.root(), "a snapshot with its root");
    BlockClient blocks =
        blocks(backend, founding, settings, new Claims(founding.volume()), new BlockCounters());
    Content content = new Content(blocks, ContentSettings.defaults(settings.options().timeout()));
    boolean mounted = false;
    try {
      TreeNamespace.Source trees =
          new TreeNamespace.Source(blocks, NamespaceOptions.DEFAULT_CACHE_BYTES);
      Vfs tree = SnapshotVfs.of(trees.tree(root, snapshot.usage()), content, backend.status());
      VolumeMount mount =
          new VolumeMount(
              content::close,
              settings
                  .binding()
                  .mount(settings.directory(), part(tree, settings), settings.options()));
      mounted = true;
      return mount;
    } finally {
      if (!mounted) {
        content.close();
      }
    }
  }

  /** Gives the space of what is deleted back, unless the mount may change nothing. */
  private static SweepWorker sweeping(
      Backend backend,
      Founding founding,
      MountSettings settings,
      Snapshots snapshots,
      BlockClient blocks,
      MountedVolume volume) {
    Sweeper sweeper =
        new Sweeper(
            new RemoteHead(backend.transport(), backend.place()),
            new RemoteSweeps(backend.transport(), backend.place()),
            snapshots,
            founding.volume(),
            blocks,
            backend.transport(),
            backend.stores()::get);
    boolean readOnly = settings.options().has(KernelFlag.READ_ONLY);
    Duration interval = readOnly ? Duration.ZERO : settings.options().sweepInterval();
    SweepWorker worker = new SweepWorker(sweeper, volume::session, interval);
    worker.start();
    return worker;
  }

  /** Puts cold blocks into stripes if the volume wants that; null if not. */
  private static @Nullable StripeWorker striping(
      Backend backend,
      Founding founding,
      MountSettings settings,
      BlockClient blocks,
      Claims claims,
      MountedVolume volume) {
    Erasure erasure = founding.erasure();
    MountOptions options = settings.options();
    if (erasure == null
        || options.has(KernelFlag.READ_ONLY)
        || options.stripeBytesPerSecond() == 0) {
      return null;
    }
    Stripes stripes =
        BlockClients.stripes(
            backend.transport(),
            backend.replicas(),
            PlacementSettings.of(founding.replication()),
            claims,
            new BlockCounters());
    StripeSettings coding =
        StripeSettings.of(erasure, options.stripeAfter(), options.stripeBytesPerSecond());
    Striper striper =
        new Striper(
            volume::namespace,
            blocks,
            stripes,
            coding,
            () -> TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis()));
    StripeWorker worker =
        new StripeWorker(
            striper, coding, () -> List.of(volume.usage(), volume.stores()), options.timeout());
    worker.start();
    return worker;
  }

  /** A directory of the user's hides the control directory. */
  private static void warnOfOwnDirectory(Vfs part, Duration timeout) throws InterruptedException {
    byte[] name = ControlVfs.name();
    try {
      long inode =
          Deadline.<Entry, VfsException>await(
                  timeout, () -> part.lookup(Caller.ROOT, NamespaceView.ROOT, name))
              .attributes()
              .inode();
      part.forget(inode, 1);
      LOG.warn(
          "the volume has a .cairn of its own in its root: it is shown, and snapshots are not until"
              + " it has another name");
    } catch (VfsException e) {
      LOG.debug("the control directory is shown as .cairn", e);
    }
  }

  /** Nothing that is shown read-only is rewritten. */
  private static TidySettings tidy(MountSettings settings) {
    boolean readOnly = settings.options().has(KernelFlag.READ_ONLY);
    return TidySettings.of(readOnly ? 0 : settings.options().tidyBytesPerSecond());
  }

  /** As Linux understands the options: the strict one has the last word. */
  private static AccessTimePolicy accessTimes(MountSettings settings) {
    MountOptions options = settings.options();
    boolean directories = !options.has(KernelFlag.NO_DIRECTORY_ACCESS_TIME);
    if (options.has(KernelFlag.READ_ONLY)) {
      return AccessTimePolicy.NONE;
    }
    if (options.has(KernelFlag.STRICT_ACCESS_TIME)) {
      return new AccessTimePolicy(Update.ALWAYS, directories);
    }
    return options.has(KernelFlag.NO_ACCESS_TIME)
        ? AccessTimePolicy.NONE
        : new AccessTimePolicy(Update.RELATIVE, directories);
  }

  /** All of a file system, or the part of it that is asked for. */
  private static Vfs part(Vfs whole, MountSettings settings)
      throws IOException, InterruptedException {
    try {
      return SubtreeVfs.of(whole, settings.subdirectory(), settings.options().timeout());
    } catch (VfsException e) {
      throw new IOException(
          switch (e.failure()) {
            case NOT_FOUND -> "the volume has no directory " + settings.subdirectory();
            case NOT_A_DIRECTORY -> settings.subdirectory() + " is not a directory in the volume";
            default -> settings.subdirectory() + " cannot be looked up: " + e.getMessage();
          },
          e);
    }
  }

  private static BlockClient blocks(
      Backend backend,
      Founding founding,
      MountSettings settings,
      Claims claims,
      BlockCounters counters) {
    PlacementSettings placement = PlacementSettings.of(founding.replication());
    return backend.embedded()
        ? BlockClients.embedded(
            backend.transport(),
            backend.replicas(),
            placement,
            claims,
            settings.cacheBytes(),
            counters)
        : BlockClients.remote(
            backend.transport(),
            backend.replicas(),
            placement,
            claims,
            settings.cacheBytes(),
            counters);
  }

  private static Sessions sessions(
      Backend backend, Founding founding, MountSettings settings, BlockClient blocks) {
    Duration timeout = settings.options().timeout();
    CommitOptions commits = new CommitOptions(COMMIT_INTERVAL, timeout, settings.awaitBlocks());
    NamespaceOptions options =
        NamespaceOptions.of(founding.volume(), settings.holder())
            .withRootOwner(LibC.effectiveUser(), LibC.effectiveGroup())
            .withCommit(commits);
    RemoteHead head = new RemoteHead(backend.transport(), backend.place());
    NamespaceOpener opener = new NamespaceOpener(head, blocks, new BootTimeClock());
    return onDeath ->
        Deadline.<Namespace, IOException>await(
            timeout,
            () ->
                opener.open(
                    options,
                    (reason, lost) ->
                        onDeath.accept(
                            reason.getMessage() + "; " + lost + " operations are lost")));
  }

  /** Asks for the end: new requests fail from here on, or the error says who keeps it busy. */
  public void unmount() throws IOException, InterruptedException {
    served.unmount();
  }

  /**
   * Unmounts, even what is in use: for when the process has to end. {@link #awaitEnd} does the
   * rest.
   *
   * @throws IOException if not everything could be made durable
   */
  public void close() throws IOException {
    served.close();
  }

  /**
   * Waits until it is unmounted, by whomever, and stores and commits everything.
   *
   * @throws IOException if something could not be made durable; the message says what
   */
  public void awaitEnd() throws IOException, InterruptedException {
    served.awaitUnmounted();
    end.close();
  }
}
