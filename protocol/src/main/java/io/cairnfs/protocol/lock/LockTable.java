package io.cairnfs.protocol.lock;

import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.head.HeadException.Reason;
import io.cairnfs.protocol.head.HeadLimits;
import io.cairnfs.protocol.head.LockKind;
import io.cairnfs.protocol.head.SessionId;
import io.cairnfs.protocol.head.VolumeLock;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * The locks of a volume, or of one of its sessions. As on a local Linux file system a request has
 * what nothing held excludes, also when others wait for more: one that had to stand behind them
 * could wait for a process that waits for it by other means than locks. Not thread-safe.
 */
public final class LockTable {

  /** Locks of one kind on one file: those that may exclude each other. */
  private record FileKey(long inode, LockKind kind) {

    private static final Comparator<FileKey> ORDER =
        Comparator.comparingLong(FileKey::inode).thenComparing(FileKey::kind);

    static FileKey of(VolumeLock lock) {
      return new FileKey(lock.inode(), lock.kind());
    }
  }

  private record Owner(SessionId session, long owner) {

    static Owner of(VolumeLock lock) {
      return new Owner(lock.session(), lock.owner());
    }
  }

  private final TreeMap<FileKey, FileLocks> files = new TreeMap<>(FileKey.ORDER);
  private final Map<SessionId, Integer> counts = new HashMap<>();
  private int total;

  /** What is in the way of a lock. */
  public Optional<VolumeLock> obstacle(VolumeLock wanted) {
    FileLocks file = files.get(FileKey.of(wanted));
    return file == null ? Optional.empty() : file.obstacle(wanted);
  }

  /** Whether an owner has anything in a range. */
  public boolean holds(VolumeLock range) {
    FileLocks file = files.get(FileKey.of(range));
    return file != null && file.holds(range);
  }

  /**
   * Takes a lock, unless something is in the way: then the owner keeps what it has, except that a
   * {@code flock} is given up before another one is asked for, as Linux does.
   *
   * @return what is in the way
   * @throws HeadException {@code REFUSED} if that would be too many
   */
  public Optional<VolumeLock> lock(VolumeLock wanted) throws HeadException {
    Optional<VolumeLock> obstacle = obstacle(wanted);
    FileLocks file = files.getOrDefault(FileKey.of(wanted), new FileLocks());
    if (obstacle.isEmpty()) {
      replace(wanted, file.with(wanted));
    } else if (wanted.kind() == LockKind.FLOCK) {
      replace(wanted, file.without(wanted));
    }
    return obstacle;
  }

  /**
   * Has an owner hold a lock that was granted elsewhere. What seems to be in its way has gone
   * there, which is still to be heard.
   */
  public void hold(VolumeLock lock) {
    change(FileKey.of(lock), file -> file.replace(file.with(lock)));
  }

  /**
   * Gives back what an owner has in a range.
   *
   * @throws HeadException {@code REFUSED} if what is left would be too many
   */
  public void unlock(VolumeLock range) throws HeadException {
    FileLocks file = files.get(FileKey.of(range));
    if (file != null) {
      replace(range, file.without(range));
    }
  }

  private void replace(VolumeLock in, List<VolumeLock> after) throws HeadException {
    FileLocks before = files.get(FileKey.of(in));
    int more = after.size() - (before == null ? 0 : before.held().size());
    if (more > 0 && counts.getOrDefault(in.session(), 0) + more > HeadLimits.MAX_SESSION_LOCKS) {
      throw tooMany("session", HeadLimits.MAX_SESSION_LOCKS);
    }
    if (more > 0 && total + more > HeadLimits.MAX_VOLUME_LOCKS) {
      throw tooMany("volume", HeadLimits.MAX_VOLUME_LOCKS);
    }
    change(FileKey.of(in), file -> file.replace(after));
  }

  private static HeadException tooMany(String whose, int limit) {
    return new HeadException(Reason.REFUSED, "a " + whose + " has at most " + limit + " locks");
  }

  /** Changes the locks of a file, and counts. */
  private void change(FileKey key, Consumer<FileLocks> change) {
    FileLocks file = files.computeIfAbsent(key, _ -> new FileLocks());
    file.held().forEach(lock -> count(lock.session(), -1));
    change.accept(file);
    file.held().forEach(lock -> count(lock.session(), 1));
    if (file.isEmpty()) {
      files.remove(key);
    }
  }

  private void count(SessionId session, int change) {
    total += change;
    int now = counts.merge(session, change, Integer::sum);
    if (now == 0) {
      counts.remove(session);
    }
  }

  /** Waits for a lock that something is in the way of. */
  public void await(LockWait wait) {
    change(FileKey.of(wait.wanted()), file -> file.waiting().add(wait));
  }

  /** Waits no more. */
  public void withdraw(LockWait wait) {
    change(FileKey.of(wait.wanted()), file -> file.waiting().remove(wait));
  }

  /** Drops a session's locks and waits, and gives those who wait what they can have now. */
  public void end(SessionId session) {
    for (FileKey key : List.copyOf(files.keySet())) {
      change(
          key,
          file -> {
            file.waiting().removeIf(wait -> wait.wanted().session().equals(session));
            file.replace(
                file.held().stream().filter(lock -> !lock.session().equals(session)).toList());
          });
    }
  }

  /**
   * Whether waiting for a lock would never end, because an owner of what is in the way waits,
   * directly or through others, for the one who asks. Only between {@code fcntl} locks, as on
   * Linux.
   */
  public boolean wouldDeadlock(VolumeLock wanted) {
    if (wanted.kind() != LockKind.POSIX) {
      return false;
    }
    Map<Owner, Set<Owner>> waitsFor = waitsFor();
    Owner me = Owner.of(wanted);
    Set<Owner> seen = new HashSet<>();
    ArrayDeque<Owner> reached = new ArrayDeque<>(obstacles(wanted));
    while (!reached.isEmpty()) {
      Owner owner = reached.remove();
      if (owner.equals(me)) {
        return true;
      }
      if (seen.add(owner)) {
        reached.addAll(waitsFor.getOrDefault(owner, Set.of()));
      }
    }
    return false;
  }

  private Map<Owner, Set<Owner>> waitsFor() {
    Map<Owner, Set<Owner>> edges = new HashMap<>();
    files.forEach(
        (key, file) -> {
          if (key.kind() == LockKind.POSIX) {
            for (LockWait wait : file.waiting()) {
              edges
                  .computeIfAbsent(Owner.of(wait.wanted()), _ -> new HashSet<>())
                  .addAll(obstacles(wait.wanted()));
            }
          }
        });
    return edges;
  }

  private Set<Owner> obstacles(VolumeLock wanted) {
    Set<Owner> owners = new HashSet<>();
    FileLocks file = files.get(FileKey.of(wanted));
    if (file != null) {
      file.obstacles(wanted).forEach(lock -> owners.add(Owner.of(lock)));
    }
    return owners;
  }

  /** All locks that are held, in an order that {@link #restore} keeps. */
  public List<VolumeLock> held() {
    return files.values().stream().flatMap(file -> file.held().stream()).toList();
  }

  /** All requests that wait, in an order that {@link #await} keeps. */
  public List<LockWait> waiting() {
    return files.values().stream().flatMap(file -> file.waiting().stream()).toList();
  }

  /** Puts a lock where it was held before. */
  public void restore(VolumeLock lock) {
    change(FileKey.of(lock), file -> file.held().add(lock));
  }
}
