package io.cairnfs.client.vfs;

import io.cairnfs.client.lock.SessionLocks;
import io.cairnfs.client.namespace.NamespaceException;
import io.cairnfs.protocol.head.LockAnswer;
import io.cairnfs.protocol.head.LockKind;
import io.cairnfs.protocol.head.VolumeLock;
import org.jspecify.annotations.Nullable;

/**
 * Locks of open files: what the holder wrote is in the volume before a lock is given back, and who
 * gets one sees it. Thread-safe.
 */
final class FileLocking {

  /** The number of a process that this host does not know. */
  private static final int ELSEWHERE = 0;

  private final SessionNamespace namespace;
  private final UnstoredWrites unstored;
  private final Others others;

  FileLocking(SessionNamespace namespace, UnstoredWrites unstored, Others others) {
    this.namespace = namespace;
    this.unstored = unstored;
    this.others = others;
  }

  /** What is in the way of a lock of a range; null if nothing is. */
  @Nullable Lock get(OpenFile file, Lock lock) throws VfsException, InterruptedException {
    SessionLocks locks = namespace.locks(file.session);
    try {
      VolumeLock obstacle = locks.test(wanted(locks, file, lock, LockKind.POSIX)).orElse(null);
      return obstacle == null
          ? null
          : new Lock(
              obstacle.write() ? Lock.Kind.EXCLUSIVE : Lock.Kind.SHARED,
              obstacle.start(),
              obstacle.end(),
              obstacle.owner(),
              obstacle.session().equals(locks.session()) ? obstacle.pid() : ELSEWHERE);
    } catch (NamespaceException e) {
      throw SessionNamespace.failure(e);
    }
  }

  private static VolumeLock wanted(SessionLocks locks, OpenFile file, Lock lock, LockKind kind)
      throws VfsException {
    if (lock.start() < 0 || lock.end() < lock.start()) {
      throw new VfsException(Failure.INVALID);
    }
    boolean whole = kind == LockKind.FLOCK;
    return new VolumeLock(
        locks.session(),
        file.state.inode(),
        lock.owner(),
        kind,
        whole ? 0 : lock.start(),
        whole ? Long.MAX_VALUE : lock.end(),
        lock.kind() == Lock.Kind.EXCLUSIVE,
        lock.pid());
  }

  void set(OpenFile file, Lock lock, boolean flock, boolean wait)
      throws VfsException, InterruptedException {
    SessionLocks locks = namespace.locks(file.session);
    LockKind kind = flock ? LockKind.FLOCK : LockKind.POSIX;
    VolumeLock wanted = wanted(locks, file, lock, kind);
    if (lock.kind() == Lock.Kind.NONE) {
      giveBack(locks, wanted);
      return;
    }
    file.lockOwners.add(new LockOwners.Owner(kind, lock.owner()));
    try {
      switch (wait ? locks.lock(wanted) : locks.tryLock(wanted)) {
        case LockAnswer.Granted granted -> revalidate(locks, wanted, granted.sequence());
        case LockAnswer.Conflict _ -> throw new VfsException(Failure.TRY_AGAIN);
        case LockAnswer.Deadlock _ -> throw new VfsException(Failure.WOULD_DEADLOCK);
        case LockAnswer.Waiting _, LockAnswer.Cancelled _ ->
            throw new IllegalStateException("a request for a lock has no outcome");
      }
    } catch (NamespaceException e) {
      throw SessionNamespace.failure(e);
    }
  }

  /** Has the holder of a new lock see what earlier holders wrote, who may have gone meanwhile. */
  private void revalidate(SessionLocks locks, VolumeLock held, long sequence)
      throws VfsException, InterruptedException {
    boolean done = false;
    try {
      if (locks.areShared()) {
        namespace.awaitTaken(sequence);
      }
      others.awaitForgotten(held.inode());
      done = true;
    } finally {
      if (!done) {
        locks.release(held);
      }
    }
  }

  private void giveBack(SessionLocks locks, VolumeLock range)
      throws VfsException, InterruptedException {
    if (!locks.holds(range)) {
      return;
    }
    if (locks.areShared()) {
      unstored.store(range.inode());
    }
    try {
      locks.unlock(range);
    } catch (NamespaceException e) {
      throw SessionNamespace.failure(e);
    }
  }

  /** A process has closed a descriptor of the file, and loses all its locks of the file by that. */
  void closed(OpenFile file, long process) throws VfsException, InterruptedException {
    LockOwners.Owner owner = new LockOwners.Owner(LockKind.POSIX, process);
    SessionLocks locks = namespace.locks(file.session);
    giveBack(locks, everything(locks, file, owner));
    file.lockOwners.remove(owner);
  }

  private static VolumeLock everything(SessionLocks locks, OpenFile file, LockOwners.Owner owner) {
    return new VolumeLock(
        locks.session(),
        file.state.inode(),
        owner.number(),
        owner.kind(),
        0,
        Long.MAX_VALUE,
        false,
        0);
  }

  /** The last descriptor of the open file is gone. Never waits. */
  void released(OpenFile file) {
    for (LockOwners.Owner owner : file.lockOwners.all()) {
      try {
        SessionLocks locks = namespace.locks(file.session);
        VolumeLock all = everything(locks, file, owner);
        if (locks.holds(all)) {
          locks.release(all);
        }
      } catch (VfsException e) {
        return; // with the session its locks are gone
      }
    }
  }
}
