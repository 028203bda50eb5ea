package io.cairnfs.client.vfs;

import io.cairnfs.client.namespace.NamespaceView;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes inodes that lost their last name while they were open, once nobody has them open.
 * Thread-safe.
 */
final class Orphans {

  private static final Logger LOG = LoggerFactory.getLogger(Orphans.class);
  private static final int PAGE = 256;

  private final SessionNamespace namespace;

  Orphans(SessionNamespace namespace) {
    this.namespace = namespace;
  }

  /** Removes one, in the background. If that fails, the next session does it. */
  void reapSoon(long inode) {
    Thread.ofVirtual().name("cairn-reap-" + inode).start(() -> reapQuietly(inode));
  }

  private void reapQuietly(long inode) {
    try {
      reap(inode);
    } catch (VfsException e) {
      LOG.warn("removed file {} keeps its space until the next mount: {}", inode, e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void reap(long inode) throws VfsException, InterruptedException {
    namespace.change(
        tx -> {
          Names.reap(tx, inode);
        });
  }

  /** Removes what earlier sessions left; call it before anything is open. Returns how many. */
  int reapAll() throws VfsException, InterruptedException {
    int reaped = 0;
    long after = NamespaceView.ROOT;
    while (true) {
      long from = after;
      List<Long> page = namespace.read(view -> view.orphans(from, PAGE));
      for (long inode : page) {
        reap(inode);
        reaped++;
        after = inode;
      }
      if (page.size() < PAGE) {
        return reaped;
      }
    }
  }
}
