package io.cairnfs.client.testing;

import io.cairnfs.client.namespace.FileType;
import io.cairnfs.client.vfs.Caller;
import io.cairnfs.client.vfs.Entry;
import io.cairnfs.client.vfs.Failure;
import io.cairnfs.client.vfs.Vfs.RenameMode;
import io.cairnfs.client.vfs.VfsException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Collection;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The inodes and names of {@link MemoryVfs}, whose monitor guards whatever changes names, links and
 * lookups.
 */
final class MemoryTree {

  static final long ROOT = 1;

  private static final int MAX_NAME = 255;
  private static final int UMASK_BITS = 0777;
  private static final int PERMISSIONS = 07777;
  private static final int SET_USER_ID = 04000;
  private static final int SET_GROUP_ID = 02000;
  private static final int GROUP_EXECUTE = 010;
  private static final byte[] NO_TARGET = {};

  private final ConcurrentMap<Long, MemoryNode> nodes = new ConcurrentHashMap<>();
  private final AtomicLong nextInode = new AtomicLong(ROOT);
  private final long validNanos;

  MemoryTree(long validNanos) {
    this.validNanos = validNanos;
    MemoryNode root = newNode(FileType.DIRECTORY, 0755, 0, NO_TARGET, Caller.ROOT);
    root.parent = root;
  }

  Collection<MemoryNode> nodes() {
    return nodes.values();
  }

  MemoryNode newNode(FileType type, int permissions, int device, byte[] target, Caller caller) {
    MemoryNode node =
        new MemoryNode(nextInode.getAndIncrement(), type, permissions, device, target, now());
    node.uid = caller.uid();
    node.gid = caller.gid();
    nodes.put(node.inode, node);
    return node;
  }

  static long now() {
    Instant now = Instant.now();
    return TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
  }

  @Nullable MemoryNode find(long inode) {
    return nodes.get(inode);
  }

  MemoryNode node(long inode) throws VfsException {
    MemoryNode node = nodes.get(inode);
    if (node == null) {
      throw new VfsException(Failure.STALE);
    }
    return node;
  }

  MemoryNode directory(long inode) throws VfsException {
    MemoryNode node = node(inode);
    if (node.type != FileType.DIRECTORY) {
      throw new VfsException(Failure.NOT_A_DIRECTORY);
    }
    return node;
  }

  static String key(byte[] name) throws VfsException {
    if (name.length > MAX_NAME) {
      throw new VfsException(Failure.NAME_TOO_LONG);
    }
    return new String(name, StandardCharsets.ISO_8859_1);
  }

  MemoryNode.Child child(MemoryNode directory, byte[] name) throws VfsException {
    MemoryNode.Child child = directory.byName.get(key(name));
    if (child == null) {
      throw new VfsException(Failure.NOT_FOUND);
    }
    return child;
  }

  Entry known(MemoryNode node) {
    node.lookups++;
    return new Entry(node.attributes(), 0, validNanos);
  }

  void reap(MemoryNode node) {
    if (node.inode != ROOT && node.links == 0 && node.lookups == 0 && node.handles == 0) {
      nodes.remove(node.inode);
    }
  }

  Entry add(Caller caller, long parent, byte[] name, int mode, int umask, int device, byte[] target)
      throws VfsException {
    MemoryNode directory = directory(parent);
    if (directory.byName.containsKey(key(name))) {
      throw new VfsException(Failure.EXISTS);
    }
    FileType type = FileType.ofMode(mode);
    MemoryNode node =
        newNode(type, mode & ~(umask & UMASK_BITS) & PERMISSIONS, device, target, caller);
    if ((directory.permissions & SET_GROUP_ID) != 0) {
      node.gid = directory.gid;
      node.permissions |= type == FileType.DIRECTORY ? SET_GROUP_ID : 0;
    }
    attach(directory, name, node);
    return known(node);
  }

  void attach(MemoryNode directory, byte[] name, MemoryNode node) throws VfsException {
    if (directory.links == 0 && directory.inode != ROOT) {
      throw new VfsException(Failure.NOT_FOUND);
    }
    MemoryNode.Child child = new MemoryNode.Child(name, node, directory.nextCookie++);
    directory.byName.put(key(name), child);
    directory.byCookie.put(child.cookie(), child);
    node.links++;
    if (node.type == FileType.DIRECTORY) {
      node.parent = directory;
      directory.subdirectories++;
    }
    touch(directory, node);
  }

  void detach(MemoryNode directory, MemoryNode.Child child) throws VfsException {
    directory.byName.remove(key(child.name()));
    directory.byCookie.remove(child.cookie());
    child.node().links--;
    if (child.node().type == FileType.DIRECTORY) {
      directory.subdirectories--;
    }
    touch(directory, child.node());
    reap(child.node());
  }

  private static void touch(MemoryNode directory, MemoryNode node) {
    long now = now();
    directory.size = directory.byName.size();
    directory.mtimeNanos = now;
    directory.ctimeNanos = now;
    node.ctimeNanos = now;
  }

  static void checkReplaceable(MemoryNode node, FileType by) throws VfsException {
    if (node.type == FileType.DIRECTORY && by != FileType.DIRECTORY) {
      throw new VfsException(Failure.IS_A_DIRECTORY);
    }
    if (node.type != FileType.DIRECTORY && by == FileType.DIRECTORY) {
      throw new VfsException(Failure.NOT_A_DIRECTORY);
    }
    if (!node.byName.isEmpty()) {
      throw new VfsException(Failure.NOT_EMPTY);
    }
  }

  void rename(MemoryNode from, byte[] name, MemoryNode to, byte[] newName, RenameMode mode)
      throws VfsException {
    MemoryNode.Child source = child(from, name);
    MemoryNode.@Nullable Child target = to.byName.get(key(newName));
    switch (mode) {
      case EXCHANGE -> {
        MemoryNode.Child other = child(to, newName);
        other.node().lookups++; // keeps it from being reaped between its names
        source.node().lookups++;
        detach(from, source);
        detach(to, other);
        attach(from, name, other.node());
        attach(to, newName, source.node());
        other.node().lookups--;
        source.node().lookups--;
        return;
      }
      case NO_REPLACE -> {
        if (target != null) {
          throw new VfsException(Failure.EXISTS);
        }
      }
      case REPLACE -> {
        if (target != null) {
          if (target.node() == source.node()) {
            return;
          }
          checkReplaceable(target.node(), source.node().type);
          detach(to, target);
        }
      }
    }
    source.node().lookups++;
    detach(from, source);
    attach(to, newName, source.node());
    source.node().lookups--;
  }

  static void killPrivileges(MemoryNode node) {
    if (node.type == FileType.REGULAR) {
      node.permissions &= ~SET_USER_ID;
      if ((node.permissions & GROUP_EXECUTE) != 0) {
        node.permissions &= ~SET_GROUP_ID;
      }
    }
  }
}
