package io.cairnfs.client.recovery;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A file is no backup of heads, or none that this program can use; the message says why. */
public final class BackupException extends IOException {

  private static final long serialVersionUID = 1;

  BackupException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
