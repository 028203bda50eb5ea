package io.cairnfs.client.fuse.protocol;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Notices to the kernel (enum fuse_notify_code): messages whose unique is 0 and whose error field
 * is the notice's code.
 */
public final class NoticeCodec {

  private static final int INVAL_INODE = 2;
  private static final int INVAL_ENTRY = 3;
  private static final int STORE = 4;
  private static final int DELETE = 6;
  private static final int INC_EPOCH = 8;

  private NoticeCodec() {}

  /**
   * Cached data of a range is wrong (length 0: to the end); with a negative offset only attributes
   * are.
   */
  public static byte[] invalidateInode(long inode, long offset, long length) {
    return start(INVAL_INODE, 24).putLong(inode).putLong(offset).putLong(length).array();
  }

  /** What is known about a name is wrong. */
  public static byte[] invalidateEntry(long parent, byte[] name) {
    return start(INVAL_ENTRY, 16 + name.length + 1)
        .putLong(parent)
        .putInt(name.length)
        .putInt(0)
        .put(name)
        .array();
  }

  /** A name was removed; who watches its directory is told. */
  public static byte[] delete(long parent, long child, byte[] name) {
    return start(DELETE, 24 + name.length + 1)
        .putLong(parent)
        .putLong(child)
        .putInt(name.length)
        .putInt(0)
        .put(name)
        .array();
  }

  /** Puts data into the kernel's cache. */
  public static byte[] store(long inode, long offset, byte[] data) {
    return start(STORE, 24 + data.length)
        .putLong(inode)
        .putLong(offset)
        .putInt(data.length)
        .putInt(0)
        .put(data)
        .array();
  }

  /** Every cached name is to be looked up again. */
  public static byte[] incrementEpoch() {
    return start(INC_EPOCH, 0).array();
  }

  private static ByteBuffer start(int code, int bodyLength) {
    int length = Request.BODY + bodyLength;
    return ByteBuffer.allocate(length)
        .order(ByteOrder.nativeOrder())
        .putInt(length)
        .putInt(code)
        .putLong(0);
  }
}
