package io.cairnfs.client.vfs;

import io.cairnfs.client.namespace.FileType;
import io.cairnfs.client.namespace.NamespaceView;
import io.cairnfs.protocol.head.Snapshot;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The inodes of the control directory itself: {@code snapshots/}, whose entries are the roots of
 * other trees; {@code at/}, whose entries are symlinks to those; {@code stats}. Inodes have numbers
 * of its own, which {@link ControlVfs} marks; listings tell them marked. Thread-safe.
 */
final class ControlTree extends ReadOnlyVfs {

  /** Names in here come and go. */
  static final long VALID_NANOS = Duration.ofSeconds(1).toNanos();

  static final long TOP = 1;
  private static final long SNAPSHOTS = 2;
  private static final long AT = 3;
  private static final long STATS = 4;

  /** A symlink to a snapshot has the snapshot's serial number and this. */
  private static final long LINKS = 1L << 32;

  private static final int DIRECTORY_PERMISSIONS = 0555;
  private static final int FILE_PERMISSIONS = 0444;
  private static final int LINK_PERMISSIONS = 0777;

  /**
   * An entry of a directory.
   *
   * @param number its inode's, as the kernel knows it
   */
  @SuppressWarnings("ArrayRecordComponent") // compared nowhere
  private record Listed(byte[] name, long number, FileType type) {}

  private final Vfs live;
  private final ControlSource source;
  private final long startedNanos = Clock.SYSTEM.nanos();
  private final Handles<List<Listed>> directories = new Handles<>();
  private final Handles<byte[]> files = new Handles<>();

  /**
   * @param live the file system whose root's owner owns everything here
   */
  ControlTree(Vfs live, ControlSource source) {
    this.live = live;
    this.source = source;
  }

  /** Whether the names in a directory are those of snapshots. */
  static boolean isSnapshots(long directory) {
    return directory == SNAPSHOTS;
  }

  @Override
  public Entry lookup(Caller caller, long parent, byte[] name)
      throws VfsException, InterruptedException {
    String text = new String(name, StandardCharsets.UTF_8);
    long found =
        switch ((int) parent) {
          case (int) TOP ->
              switch (text) {
                case "snapshots" -> SNAPSHOTS;
                case "at" -> AT;
                case "stats" -> STATS;
                default -> throw new VfsException(Failure.NOT_FOUND);
              };
          case (int) AT -> LINKS + before(text).serial();
          default -> throw new VfsException(Failure.NOT_A_DIRECTORY);
        };
    return new Entry(attributes(found), 0, VALID_NANOS);
  }

  /** The snapshot of this name. */
  Snapshot snapshot(byte[] name) throws VfsException, InterruptedException {
    for (Snapshot snapshot : source.snapshots()) {
      if (Arrays.equals(snapshot.name().getBytes(StandardCharsets.UTF_8), name)) {
        return snapshot;
      }
    }
    throw new VfsException(Failure.NOT_FOUND);
  }

  /** The newest snapshot that is not younger than a time. */
  private Snapshot before(String time) throws VfsException, InterruptedException {
    Instant instant;
    try {
      instant = OffsetDateTime.parse(time).toInstant();
    } catch (DateTimeException e) {
      throw new VfsException(Failure.NOT_FOUND, "no RFC 3339 time: " + time, e);
    }
    Snapshot newest = null;
    for (Snapshot snapshot : source.snapshots()) {
      boolean newer = newest == null || !snapshot.created().isBefore(newest.created());
      if (!snapshot.created().isAfter(instant) && newer) {
        newest = snapshot;
      }
    }
    if (newest == null) {
      throw new VfsException(Failure.NOT_FOUND);
    }
    return newest;
  }

  @Override
  public void forget(long inode, long lookups) {
    // Nothing is kept for an inode.
  }

  @Override
  public CachedAttributes getAttributes(long inode, long handle)
      throws VfsException, InterruptedException {
    return new CachedAttributes(attributes(inode), inode == STATS ? 0 : VALID_NANOS);
  }

  private Attributes attributes(long inode) throws VfsException, InterruptedException {
    if (inode >= LINKS) {
      return attributes(inode, FileType.SYMLINK, LINK_PERMISSIONS, readSymlink(inode).length);
    }
    return inode == STATS
        ? attributes(inode, FileType.REGULAR, FILE_PERMISSIONS, stats().length)
        : attributes(inode, FileType.DIRECTORY, DIRECTORY_PERMISSIONS, 0);
  }

  private Attributes attributes(long inode, FileType type, int permissions, long size)
      throws VfsException, InterruptedException {
    Attributes root = live.getAttributes(NamespaceView.ROOT, 0).attributes();
    int links = type == FileType.DIRECTORY ? 2 : 1;
    return new Attributes(
        inode,
        type,
        permissions,
        links,
        root.uid(),
        root.gid(),
        0,
        size,
        0,
        startedNanos,
        startedNanos,
        startedNanos,
        startedNanos);
  }

  private byte[] stats() {
    return source.stats().getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public byte[] readSymlink(long inode) throws VfsException, InterruptedException {
    for (Snapshot snapshot : source.snapshots()) {
      if (LINKS + snapshot.serial() == inode) {
        return ("../snapshots/" + snapshot.name()).getBytes(StandardCharsets.UTF_8);
      }
    }
    throw new VfsException(inode >= LINKS ? Failure.STALE : Failure.INVALID);
  }

  @Override
  Opened openForReading(Caller caller, long inode, OpenFlags flags) throws VfsException {
    if (inode != STATS) {
      throw new VfsException(Failure.IS_A_DIRECTORY);
    }
    return new Opened(files.add(stats()), false, true);
  }

  @Override
  public int read(long handle, long offset, ByteBuffer target) throws VfsException {
    byte[] bytes = files.get(handle);
    int from = (int) Math.min(offset, bytes.length);
    int length = Math.min(target.remaining(), bytes.length - from);
    target.put(bytes, from, length);
    return length;
  }

  @Override
  public void flush(long handle, long lockOwner) {
    // Nothing was written.
  }

  @Override
  public void release(long handle, long lockOwner) {
    try {
      files.remove(handle);
    } catch (VfsException e) {
      return; // released twice: a fault of the binding that harms nothing
    }
  }

  @Override
  public Opened openDirectory(Caller caller, long inode) throws VfsException, InterruptedException {
    List<Listed> entries = new ArrayList<>();
    entries.add(listed(".", inode, FileType.DIRECTORY));
    entries.add(listed("..", TOP, FileType.DIRECTORY));
    if (inode == TOP) {
      entries.add(listed("snapshots", SNAPSHOTS, FileType.DIRECTORY));
      entries.add(listed("at", AT, FileType.DIRECTORY));
      entries.add(listed("stats", STATS, FileType.REGULAR));
    } else {
      for (Snapshot snapshot : source.snapshots()) {
        entries.add(
            inode == SNAPSHOTS
                ? root(snapshot)
                : listed(
                    snapshot.created().toString(), LINKS + snapshot.serial(), FileType.SYMLINK));
      }
    }
    return new Opened(directories.add(entries), false, false);
  }

  private static Listed listed(String name, long inode, FileType type) throws VfsException {
    long number = ControlNumber.of(ControlNumber.CONTROL_TREE, inode);
    return new Listed(name.getBytes(StandardCharsets.UTF_8), number, type);
  }

  private static Listed root(Snapshot snapshot) throws VfsException {
    long number = ControlNumber.of(ControlNumber.treeOf(snapshot.serial()), NamespaceView.ROOT);
    byte[] name = snapshot.name().getBytes(StandardCharsets.UTF_8);
    return new Listed(name, number, FileType.DIRECTORY);
  }

  @Override
  public void readDirectory(long handle, long cookie, boolean plus, DirectorySink sink)
      throws VfsException, InterruptedException {
    List<Listed> entries = directories.get(handle);
    for (int i = Math.clamp(cookie, 0, entries.size()); i < entries.size(); i++) {
      Listed entry = entries.get(i);
      boolean taken =
          plus
              ? sink.entry(entry.name(), placeholder(entry), i + 1)
              : sink.name(entry.name(), entry.number(), entry.type(), i + 1);
      if (!taken) {
        return;
      }
    }
  }

  /** What a listing tells, valid for no time: whoever wants more looks the name up. */
  private Entry placeholder(Listed entry) throws VfsException, InterruptedException {
    int permissions =
        switch (entry.type()) {
          case DIRECTORY -> DIRECTORY_PERMISSIONS;
          case SYMLINK -> LINK_PERMISSIONS;
          default -> FILE_PERMISSIONS;
        };
    return new Entry(attributes(entry.number(), entry.type(), permissions, 0), 0, 0);
  }

  @Override
  public void releaseDirectory(long handle) {
    try {
      directories.remove(handle);
    } catch (VfsException e) {
      return; // released twice: a fault of the binding that harms nothing
    }
  }

  @Override
  public FileSystemStatus status() throws VfsException, InterruptedException {
    return live.status();
  }

  @Override
  public byte[] getXattr(Caller caller, long inode, String name) throws VfsException {
    throw new VfsException(Failure.NO_SUCH_ATTRIBUTE);
  }

  @Override
  public List<String> listXattrs(Caller caller, long inode) {
    return List.of();
  }

  @Override
  public long seek(long handle, long offset, boolean hole) throws VfsException {
    int end = files.get(handle).length;
    if (offset < 0 || offset >= end) {
      throw new VfsException(Failure.NO_SUCH_DEVICE_OR_ADDRESS);
    }
    return hole ? end : offset;
  }

  @Override
  public @Nullable Lock getLock(long handle, Lock lock) throws VfsException {
    throw new VfsException(Failure.NOT_SUPPORTED);
  }
}
