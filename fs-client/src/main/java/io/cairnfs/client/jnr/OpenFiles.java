package io.cairnfs.client.jnr;

import io.cairnfs.client.vfs.Vfs;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The inodes of open files, and those among them that were removed meanwhile. Where libfuse asks to
 * rename an open file to a name of its own, it is removed in truth, so that nobody sees that name
 * and the directory can go; what libfuse asks of that name later is answered by what is noted here.
 * Thread-safe.
 */
final class OpenFiles {

  /**
   * How often a file is open.
   *
   * @param inode held by one lookup
   */
  private record Open(long inode, int count) {}

  private final Vfs vfs;
  private final Map<Long, Long> inodes = new HashMap<>(); // by handle
  private final Map<Long, Open> opens = new HashMap<>(); // by inode
  private final Map<String, Long> unnamed = new HashMap<>();
  private long lastCounter;

  OpenFiles(Vfs vfs) {
    this.vfs = vfs;
  }

  /** Notes an open handle, and takes over one lookup of its inode. */
  synchronized void opened(long handle, long inode) {
    inodes.put(handle, inode);
    Open before = opens.get(inode);
    if (before != null) {
      vfs.forget(inode, 1);
    }
    opens.put(inode, new Open(inode, before == null ? 1 : before.count() + 1));
  }

  synchronized void closed(long handle) {
    Long inode = inodes.remove(handle);
    Open before = inode == null ? null : opens.get(inode);
    if (before == null) {
      return;
    }
    if (before.count() > 1) {
      opens.put(before.inode(), new Open(before.inode(), before.count() - 1));
      return;
    }
    opens.remove(before.inode());
    unnamed.values().removeIf(known -> known == before.inode());
    vfs.forget(before.inode(), 1);
  }

  /** The inode of an open handle; 0 if there is none. */
  synchronized long inode(long handle) {
    return inodes.getOrDefault(handle, 0L);
  }

  /** Whether it is libfuse that wants to hide a file so, and not a user who chose such a name. */
  synchronized boolean isHiding(long inode, String name) {
    return opens.containsKey(inode) && Unnamed.counter(name) > lastCounter;
  }

  /** Notes that an open file was removed, and by which name libfuse will speak of it. */
  synchronized void removed(long inode, String name) {
    lastCounter = Unnamed.counter(name);
    if (opens.containsKey(inode)) {
      unnamed.put(name, inode);
    }
  }

  /**
   * The file that libfuse speaks of by a name of its own; null if there is none.
   *
   * @param name null for none
   */
  @Nullable Held findUnnamed(@Nullable String name) {
    Long inode;
    synchronized (this) {
      inode = name == null ? null : unnamed.get(name);
    }
    if (inode == null) {
      return null;
    }
    Held held = new Held(vfs, inode);
    held.give(); // the open handle holds it
    return held;
  }
}
