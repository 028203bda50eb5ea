package io.cairnfs.client.vfs;

import io.cairnfs.client.namespace.DirectoryEntry;
import io.cairnfs.client.namespace.FileType;
import io.cairnfs.client.vfs.Names.Place;
import io.cairnfs.client.vfs.Names.Removed;
import io.cairnfs.client.vfs.Vfs.RenameMode;
import io.cairnfs.protocol.head.SessionId;
import org.jspecify.annotations.Nullable;

/**
 * Operations that give and take links: joins {@link Names} with what is open and what is dirty, so
 * that an open file outlives its last name and a name never becomes durable before the content that
 * was written under it. Thread-safe.
 */
final class Linking {

  /** How often an operation looks again when what it found was replaced under it. */
  private static final int MAX_TRIES = 100;

  private final SessionNamespace namespace;
  private final UnstoredWrites unstored;
  private final InodeTable inodes;
  private final Clock clock;

  Linking(SessionNamespace namespace, UnstoredWrites unstored, InodeTable inodes, Clock clock) {
    this.namespace = namespace;
    this.unstored = unstored;
    this.inodes = inodes;
    this.clock = clock;
  }

  void unlink(Place at) throws VfsException, InterruptedException {
    for (int tries = 0; tries < MAX_TRIES; tries++) {
      long victim = namespace.read(view -> Names.find(view, at.parent(), at.name())).inode();
      if (retryable(() -> removeHeld(victim, openBy -> unlinkNow(at, victim, openBy)))) {
        return;
      }
    }
    throw new VfsException(Failure.BUSY);
  }

  private Removed unlinkNow(Place at, long victim, @Nullable SessionId openBy)
      throws VfsException, InterruptedException {
    return namespace.update(
        tx -> Names.unlink(tx, at.parent(), at.name(), victim, openBy, clock.nanos()));
  }

  void removeDirectory(Place at) throws VfsException, InterruptedException {
    long victim = namespace.read(view -> Names.find(view, at.parent(), at.name())).inode();
    removeHeld(
        victim,
        openBy -> {
          namespace.change(
              tx -> {
                Names.removeDirectory(tx, at.parent(), at.name(), clock.nanos());
              });
          return new Removed(victim, true, false);
        });
  }

  void rename(Place from, Place to, RenameMode mode) throws VfsException, InterruptedException {
    for (int tries = 0; tries < MAX_TRIES; tries++) {
      namespace.read(view -> Inodes.directory(view, to.parent()));
      DirectoryEntry moved = namespace.read(view -> Names.find(view, from.parent(), from.name()));
      DirectoryEntry victim =
          namespace.<@Nullable DirectoryEntry>read(view -> view.lookup(to.parent(), to.name()));
      unstored.store(moved.inode());
      if (mode == RenameMode.EXCHANGE) {
        exchange(from, to, victim);
        return;
      }
      if (victim != null && mode == RenameMode.NO_REPLACE) {
        throw new VfsException(Failure.EXISTS);
      }
      if (retryable(() -> replace(from, to, victim))) {
        return;
      }
    }
    throw new VfsException(Failure.BUSY);
  }

  private void exchange(Place from, Place to, @Nullable DirectoryEntry other)
      throws VfsException, InterruptedException {
    if (other == null) {
      throw new VfsException(Failure.NOT_FOUND);
    }
    unstored.store(other.inode());
    namespace.change(
        tx -> {
          Names.exchange(tx, from, to, clock.nanos());
        });
  }

  private void replace(Place from, Place to, @Nullable DirectoryEntry victim)
      throws VfsException, InterruptedException {
    if (victim == null) {
      namespace.<@Nullable Removed>update(
          tx -> Names.rename(tx, from, to, null, null, clock.nanos()));
      return;
    }
    removeHeld(
        victim.inode(),
        openBy ->
            namespace.<@Nullable Removed>update(
                tx -> Names.rename(tx, from, to, victim.inode(), openBy, clock.nanos())));
  }

  /** Something that removes a link, told whether this session has the inode open. */
  private interface Removal {
    @Nullable Removed remove(@Nullable SessionId openBy) throws VfsException, InterruptedException;
  }

  /** Removes a link of an inode while nobody can open or close it. */
  private void removeHeld(long victim, Removal removal) throws VfsException, InterruptedException {
    InodeState state = inodes.get(victim);
    try {
      removeHeld(state, removal);
    } finally {
      inodes.release(state);
    }
  }

  private void removeHeld(InodeState state, Removal removal)
      throws VfsException, InterruptedException {
    long victim = state.inode();
    state.lock();
    try {
      Attributes before = namespace.read(view -> Inodes.attributes(view, victim));
      SessionId openBy = state.opens.get() > 0 ? namespace.namespace().session() : null;
      Removed removed = removal.remove(openBy);
      if (removed != null && removed.lastLink()) {
        buried(state, before, openBy != null, removed.kept());
      }
    } finally {
      state.unlock();
    }
  }

  private void buried(InodeState state, Attributes before, boolean open, boolean kept) {
    if (open && kept) {
      state.orphan = true;
      if (state.opens.get() == 0) {
        unstored.reap(state); // the last handle was closed meanwhile and did not see an orphan
      }
      return;
    }
    unstored.discard(state);
    if (kept) {
      unstored.reap(state); // who else has it open has said so by now
    }
    state.ghost = withoutLinks(before);
  }

  private Attributes withoutLinks(Attributes was) {
    return new Attributes(
        was.inode(),
        was.type(),
        was.permissions(),
        0,
        was.uid(),
        was.gid(),
        was.device(),
        was.type() == FileType.DIRECTORY ? 0 : was.size(),
        was.blocks(),
        was.atimeNanos(),
        was.mtimeNanos(),
        clock.nanos(),
        was.birthNanos());
  }

  /** A step that may find that the world changed since it looked. */
  private interface Step {
    void run() throws VfsException, InterruptedException;
  }

  private static boolean retryable(Step step) throws VfsException, InterruptedException {
    try {
      step.run();
      return true;
    } catch (VfsException e) {
      if (e.failure() == Failure.TRY_AGAIN) {
        return false;
      }
      throw e;
    }
  }

  Attributes link(long inode, Place at) throws VfsException, InterruptedException {
    InodeState state = inodes.get(inode);
    try {
      return linkHeld(state, at);
    } finally {
      inodes.release(state);
    }
  }

  private Attributes linkHeld(InodeState state, Place at)
      throws VfsException, InterruptedException {
    long inode = state.inode();
    state.lock();
    try {
      unstored.storeHeld(state);
      Attributes linked =
          namespace.update(tx -> Names.link(tx, inode, at.parent(), at.name(), clock.nanos()));
      state.orphan = false;
      return linked;
    } finally {
      state.unlock();
    }
  }
}
