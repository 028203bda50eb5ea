package io.cairnfs.client.vfs;

/**
 * The process that asks.
 *
 * @param uid its file-system user id
 * @param gid its file-system group id
 * @param pid its process id, as the daemon sees it; 0 if it is the kernel itself
 */
public record Caller(int uid, int gid, int pid) {

  /** The kernel, or this program itself. */
  public static final Caller ROOT = new Caller(0, 0, 0);
}
