package io.cairnfs.client.vfs;

import io.cairnfs.client.namespace.NamespaceView;
import io.cairnfs.protocol.head.SessionId;
import java.util.List;
import java.util.Set;
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
  private final InodeTable inodes;
  private final Others others;

  Orphans(SessionNamespace namespace, InodeTable inodes, Others others) {
    this.namespace = namespace;
    this.inodes = inodes;
    this.others = others;
  }

  /** Says that this session has these open. */
  void hold(Set<Long> orphans) throws VfsException, InterruptedException {
    SessionId me = namespace.namespace().session();
    if (me != null && !orphans.isEmpty()) {
      namespace.change(tx -> orphans.forEach(inode -> tx.putHolder(inode, me)));
    }
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
    SessionId me = namespace.namespace().session();
    Set<SessionId> living = others.living();
    if (me != null && living != null) {
      namespace.change(
          tx -> {
            Names.reap(tx, inode, me, living);
          });
    }
  }

  /** Removes what nobody living holds, in the background. */
  void reapAllSoon() {
    Thread.ofVirtual()
        .name("cairn-reap")
        .start(
            () -> {
              try {
                reapAll();
              } catch (VfsException e) {
                LOG.warn("removed files keep their space for now: {}", e.getMessage());
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
  }

  /** Removes what dead sessions left. Returns how many there were that are not open here. */
  int reapAll() throws VfsException, InterruptedException {
    int reaped = 0;
    long after = NamespaceView.ROOT;
    while (true) {
      long from = after;
      List<Long> page = namespace.read(view -> view.orphans(from, PAGE));
      for (long inode : page) {
        after = inode;
        if (!inodes.isOpen(inode)) {
          reap(inode);
          reaped++;
        }
      }
      if (page.size() < PAGE) {
        return reaped;
      }
    }
  }
}
