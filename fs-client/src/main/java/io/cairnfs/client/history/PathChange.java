package io.cairnfs.client.history;

import io.cairnfs.client.namespace.FileType;
import org.jspecify.annotations.Nullable;

/**
 * What happened to a path between two snapshots.
 *
 * @param kind what
 * @param type of the file that has or had the path
 * @param path from the volume's root; see {@link PathText}
 * @param from where a renamed one was before, else null
 */
public record PathChange(Kind kind, FileType type, String path, @Nullable String from) {

  /** Kinds of changes. */
  public enum Kind {
    CREATED,
    DELETED,
    MODIFIED,
    RENAMED
  }
}
