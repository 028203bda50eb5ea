package io.cairnfs.node.head;

import java.io.IOException;

/**
 * The heads' log on disk is not what was written. Nothing was changed; it takes a person to decide
 * what to do.
 */
public final class JournalDamageException extends IOException {

  public JournalDamageException(String message) {
    super(message);
  }

  public JournalDamageException(String message, Throwable cause) {
    super(message, cause);
  }
}
