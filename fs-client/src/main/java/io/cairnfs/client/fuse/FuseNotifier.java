package io.cairnfs.client.fuse;

import io.cairnfs.client.fuse.linux.Errno;
import io.cairnfs.client.fuse.protocol.Negotiation;
import io.cairnfs.client.fuse.protocol.NoticeCodec;
import io.cairnfs.client.fuse.session.NoticeSender;
import io.cairnfs.client.vfs.KernelCache;

/**
 * Tells the kernel that what it has cached is wrong. The queued notices answer false if too many
 * wait already: then the caller must not count on them (a session gives up its lease). Thread-safe,
 * and never waits.
 */
public final class FuseNotifier implements KernelCache {

  private final NoticeSender sender;
  private final Negotiation negotiation;

  FuseNotifier(NoticeSender sender, Negotiation negotiation) {
    this.sender = sender;
    this.negotiation = negotiation;
  }

  /**
   * Makes the kernel look every name up again, at once and without a lock (Linux 6.16).
   *
   * @return false if this kernel cannot, or the mount is gone
   */
  public boolean incrementEpoch() {
    return negotiation.hasEpoch() && sender.sendNow(NoticeCodec.incrementEpoch()) == 0;
  }

  @Override
  public boolean forgetNames() {
    return incrementEpoch();
  }

  @Override
  public void forgetAttributes(long inode) {
    boolean unused = invalidateAttributes(inode); // false if the mount is gone
  }

  @Override
  public void forgetData(long inode) {
    boolean unused = invalidateData(inode, 0, 0); // else it is forgotten when it is opened
  }

  @Override
  public void awaitForgotten() throws InterruptedException {
    sender.awaitSent();
  }

  /** Makes the kernel ask for an inode's attributes again, at once and without a lock. */
  public boolean invalidateAttributes(long inode) {
    int sent = sender.sendNow(NoticeCodec.invalidateInode(inode, -1, 0));
    return sent == 0 || sent == -Errno.ENOENT;
  }

  /** Queues: attributes and cached data of a range are wrong; length 0 means to the end. */
  public boolean invalidateData(long inode, long offset, long length) {
    return sender.offer(NoticeCodec.invalidateInode(inode, offset, length));
  }

  /** Queues: what a name means, or that it means nothing, has changed. */
  public boolean invalidateEntry(long parent, byte[] name) {
    return sender.offer(NoticeCodec.invalidateEntry(parent, name));
  }

  /**
   * Queues: a name was removed; unlike {@link #invalidateEntry} this reaches who watches (inotify).
   */
  public boolean entryDeleted(long parent, long inode, byte[] name) {
    return sender.offer(NoticeCodec.delete(parent, inode, name));
  }

  /** Queues: puts data into the kernel's cache. */
  public boolean storeData(long inode, long offset, byte[] data) {
    return sender.offer(NoticeCodec.store(inode, offset, data));
  }
}
