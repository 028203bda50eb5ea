package io.cairnfs.client.vfs;

import org.jspecify.annotations.Nullable;

/** An operation failed as POSIX says it may. Cheap: without a cause it carries no stack trace. */
public final class VfsException extends Exception {

  private final Failure failure;

  public VfsException(Failure failure) {
    super(failure.name(), null, false, false);
    this.failure = failure;
  }

  public VfsException(Failure failure, @Nullable String message, @Nullable Throwable cause) {
    super(message, cause);
    this.failure = failure;
  }

  public Failure failure() {
    return failure;
  }
}
