package io.cairnfs.client.history;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Something cannot be done with a snapshot, said in words for who asked, with what to do. */
public final class HistoryException extends IOException {

  public HistoryException(String message) {
    this(message, null);
  }

  public HistoryException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
