package io.cairnfs.client.fuse.mounting;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Mounting or unmounting failed; the message is for the user and says the remedy. */
public final class MountException extends IOException {

  private final boolean busy;

  public MountException(String message) {
    this(message, null, false);
  }

  public MountException(String message, @Nullable Throwable cause) {
    this(message, cause, false);
  }

  private MountException(String message, @Nullable Throwable cause, boolean busy) {
    super(message, cause);
    this.busy = busy;
  }

  static MountException busy(String message) {
    return new MountException(message, null, true);
  }

  /** Whether the mount is in use, so that another try may succeed later. */
  public boolean isBusy() {
    return busy;
  }
}
