package io.cairnfs.client.fuse.linux;

import java.io.IOException;

/** A system call failed. */
public final class SystemCallException extends IOException {

  private final int errno;

  public SystemCallException(String call, int errno) {
    super(call + ": " + LibC.describe(errno));
    this.errno = errno;
  }

  /** One of {@link Errno}, or any other number of the kernel's. */
  public int errno() {
    return errno;
  }
}
