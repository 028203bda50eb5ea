package io.cairnfs.client.vfs;

import io.cairnfs.client.content.Content;
import io.cairnfs.client.namespace.Namespace;
import io.cairnfs.client.tidy.Tidier;
import io.cairnfs.client.tidy.TidySettings;
import io.cairnfs.client.tidy.TidyWorker;
import io.cairnfs.client.tidy.TouchedFiles;
import io.cairnfs.client.wait.Deadline;
import io.cairnfs.protocol.head.SessionId;
import io.cairnfs.protocol.head.Usage;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A volume in use: puts the file system together, stores what stays dirty for long, and follows a
 * dead session by a new one. Closing it stores and commits everything.
 */
public final class MountedVolume {

  private static final Logger LOG = LoggerFactory.getLogger(MountedVolume.class);

  /**
   * Data of a file that stays open and is not synced is stored after this long: the habit of
   * Linux's write-back.
   */
  private static final Duration DIRTY_AGE = Duration.ofSeconds(5);

  private static final Duration TICK = Duration.ofMillis(500);
  private static final Duration REOPEN_PAUSE = Duration.ofSeconds(1);

  private final Sessions sessions;
  private final Content content;
  private final Duration timeout;
  private final SessionNamespace namespace;
  private final UnstoredWrites unstored;
  private final AccessTimes accessTimes;
  private final Orphans orphans;
  private final Others others;
  private final Sharing sharing;
  private final VolumeVfs vfs;
  private final Thread ticker;
  private final TouchedFiles touched;
  private final Tidier tidier;
  private final TidyWorker tidying;
  private volatile boolean closed;

  private MountedVolume(
      Sessions sessions,
      Namespace first,
      Content content,
      StatusSource statusSource,
      TidySettings tidy,
      AccessTimePolicy accessTimePolicy,
      Duration timeout) {
    this.sessions = sessions;
    this.content = content;
    this.timeout = timeout;
    namespace = new SessionNamespace(first);
    InodeTable inodes = new InodeTable();
    Others others = new Others(inodes);
    orphans = new Orphans(namespace, inodes, others);
    touched = new TouchedFiles(System::nanoTime, tidy.quiet());
    accessTimes = new AccessTimes(namespace, accessTimePolicy, Clock.SYSTEM);
    unstored =
        new UnstoredWrites(
            namespace, content, inodes, orphans, touched, accessTimes, others, Clock.SYSTEM);
    FileContents contents =
        new FileContents(namespace, content, unstored, touched, accessTimes, others, Clock.SYSTEM);
    vfs =
        new VolumeVfs(
            namespace, contents, unstored, inodes, accessTimes, statusSource, others, Clock.SYSTEM);
    sharing = new Sharing(namespace, others, unstored, inodes, orphans, timeout);
    this.others = others;
    content.onPressure(() -> unstored.storeOlderThan(System.nanoTime()));
    tidier = new Tidier(namespace::namespace, content, touched, timeout, tidy.compares());
    tidying = new TidyWorker(tidier, touched, tidy, namespace::usage, timeout);
    ticker = Thread.ofVirtual().name("cairn-store-old").unstarted(this::tick);
  }

  /** As the other one, without a tidier at work, and with {@code relatime}. */
  public static MountedVolume open(
      Sessions sessions, Content content, StatusSource statusSource, Duration timeout)
      throws IOException, InterruptedException {
    return open(
        sessions, content, statusSource, TidySettings.of(0), AccessTimePolicy.RELATIVE, timeout);
  }

  /**
   * Opens a session of a volume and removes what dead sessions left.
   *
   * @param tidy how much is tidied in the background
   * @param accessTimePolicy which reads change access times
   * @param timeout bounds background work as the mount's {@code timeout} bounds operations
   * @throws IOException if no session can be had
   */
  public static MountedVolume open(
      Sessions sessions,
      Content content,
      StatusSource statusSource,
      TidySettings tidy,
      AccessTimePolicy accessTimePolicy,
      Duration timeout)
      throws IOException, InterruptedException {
    DeathWatch watch = new DeathWatch();
    MountedVolume volume =
        new MountedVolume(
            sessions,
            sessions.open(watch::died),
            content,
            statusSource,
            tidy,
            accessTimePolicy,
            timeout);
    watch.tell(volume::sessionDied);
    volume.begin();
    volume.ticker.start();
    volume.tidying.start();
    return volume;
  }

  /** Passes on the death of a session, also one that comes before anybody listens. */
  private static final class DeathWatch {

    private @Nullable String reason;
    private @Nullable Consumer<String> listener;

    synchronized void died(String why) {
      reason = why;
      if (listener != null) {
        listener.accept(why);
      }
    }

    synchronized void tell(Consumer<String> whom) {
      listener = whom;
      if (reason != null) {
        whom.accept(reason);
      }
    }
  }

  public Vfs vfs() {
    return vfs;
  }

  /** Gives snapshots their roots; waits. */
  public void fold() throws VfsException, InterruptedException {
    namespace.fold();
  }

  /** The current session at the head. */
  public @Nullable SessionId session() {
    return namespace.namespace().session();
  }

  /** How often programs' writes were stored. */
  public long stores() {
    return touched.stores();
  }

  /** The current session's view of the volume. */
  public Namespace namespace() {
    return namespace.namespace();
  }

  /** What the volume holds. */
  public Usage usage() {
    return namespace.usage();
  }

  /** How often transactions ran again in the present session, because other mounts were faster. */
  public long conflicts() {
    return namespace.conflicts();
  }

  /** For tests, which let it take its steps where no thread does. */
  Tidier tidier() {
    return tidier;
  }

  /** Begins to use the current session. */
  private void begin() throws InterruptedException {
    namespace.namespace().share(sharing);
    reapOrphans();
  }

  private void reapOrphans() throws InterruptedException {
    try {
      int reaped = orphans.reapAll();
      if (reaped > 0) {
        LOG.info(
            "removed {} files that were unlinked but open when an earlier session ended", reaped);
      }
    } catch (VfsException e) {
      LOG.warn(
          "files that earlier sessions had unlinked while open keep their space: {}",
          e.getMessage());
    }
  }

  private void tick() {
    try {
      while (!closed) {
        TimeUnit.NANOSECONDS.sleep(TICK.toNanos());
        Deadline.run(
            timeout,
            () -> {
              unstored.storeOlderThan(System.nanoTime() - DIRTY_AGE.toNanos());
              accessTimes.storeOlderThan(System.nanoTime() - AccessTimes.AGE.toNanos());
              return true;
            });
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void sessionDied(String reason) {
    if (closed) {
      return;
    }
    namespace.locks().lose();
    Thread.ofVirtual().name("cairn-reopen").start(() -> reopen(reason));
  }

  private void reopen(String reason) {
    int lost = unstored.abandon();
    accessTimes.abandon();
    LOG.error("the session is dead: {}; unsaved data of {} files is lost", reason, lost);
    while (!closed) {
      try {
        others.setLiving(null);
        namespace.replace(sessions.open(this::sessionDied));
        others.everythingChanged();
        begin();
        LOG.info("a new session goes on; files that were open fail");
        return;
      } catch (IOException e) {
        LOG.warn("no new session yet: {}", e.getMessage());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
      pause();
    }
  }

  private static void pause() {
    try {
      TimeUnit.NANOSECONDS.sleep(REOPEN_PAUSE.toNanos());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Stores and commits everything and ends the session, within the mount's timeout. Nothing may use
   * the file system any more.
   *
   * @throws IOException if something could not be made durable; the message says what
   */
  public void close() throws IOException, InterruptedException {
    closed = true;
    ticker.interrupt();
    tidying.close();
    Deadline.<Boolean, IOException>await(timeout, this::storeEverything);
  }

  private boolean storeEverything() throws IOException, InterruptedException {
    try {
      unstored.storeAll();
      accessTimes.storeAll();
      return true;
    } catch (VfsException e) {
      throw new IOException("not everything could be stored: " + e.getMessage(), e);
    } finally {
      endSession();
    }
  }

  private void endSession() throws IOException, InterruptedException {
    namespace.locks().lose();
    try {
      namespace.namespace().close();
    } finally {
      content.close();
    }
  }
}
