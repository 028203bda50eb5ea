package io.cairnfs.client.vfs;

import io.cairnfs.client.namespace.SharingListener;
import io.cairnfs.client.namespace.TakenChanges;
import io.cairnfs.client.wait.Deadline;
import io.cairnfs.protocol.head.HeadLimits;
import io.cairnfs.protocol.head.SessionId;
import io.cairnfs.protocol.head.VolumeLock;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a mounted volume does when others come, change things and go: brings into the namespace what
 * they must find, makes the kernel forget what they changed, holds removed files that are open
 * here, and cleans up after the dead. Called by the session's thread.
 */
final class Sharing implements SharingListener {

  private static final Logger LOG = LoggerFactory.getLogger(Sharing.class);

  private final SessionNamespace namespace;
  private final Others others;
  private final UnstoredWrites unstored;
  private final InodeTable inodes;
  private final Orphans orphans;
  private final Duration timeout;

  /**
   * @param timeout what storing everything may take
   */
  Sharing(
      SessionNamespace namespace,
      Others others,
      UnstoredWrites unstored,
      InodeTable inodes,
      Orphans orphans,
      Duration timeout) {
    this.namespace = namespace;
    this.others = others;
    this.unstored = unstored;
    this.inodes = inodes;
    this.orphans = orphans;
    this.timeout = timeout;
  }

  @Override
  public void recalled() throws InterruptedException {
    others.setShared(true); // who appends from now on asks where the end is
    try {
      Deadline.<Boolean, VfsException>await(
          timeout,
          () -> {
            unstored.storeAll();
            orphans.hold(inodes.openOrphans());
            return true;
          });
    } catch (VfsException e) {
      LOG.warn("others do not see yet what was written to open files: {}", e.getMessage());
    }
  }

  @Override
  public List<VolumeLock> suspend() throws InterruptedException {
    if (!others.kernel().forgetNames()) {
      TimeUnit.NANOSECONDS.sleep(HeadLimits.LEASE.toNanos());
    }
    return namespace.locks().suspend();
  }

  @Override
  public void resume(boolean exclusive) {
    others.setShared(!exclusive);
    SessionId me = namespace.namespace().session();
    others.setLiving(exclusive && me != null ? Set.of(me) : others.living());
    namespace.locks().resume(exclusive);
  }

  @Override
  public void locksGranted(Collection<Long> numbers, long sequence) {
    namespace.locks().granted(numbers, sequence);
  }

  @Override
  public void sessions(Set<SessionId> living) {
    Set<SessionId> before = others.living();
    others.setLiving(living);
    if (before == null || !living.containsAll(before)) {
      orphans.reapAllSoon();
    }
  }

  @Override
  public Set<Long> taken(TakenChanges changes) {
    if (changes.everything()) {
      others.everythingChanged();
      return inodes.allOpen();
    }
    changes.inodes().forEach(others.kernel()::forgetAttributes);
    changes.contents().forEach(others::changed);
    Set<Long> held = new LinkedHashSet<>();
    for (long inode : changes.orphans()) {
      if (inodes.orphan(inode)) {
        held.add(inode);
      }
    }
    return held;
  }
}
