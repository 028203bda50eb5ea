package io.cairnfs.client.namespace;

/** A place in an ordered map, moving forward. */
interface Cursor {

  /** Whether there is an entry here; if not, the end is reached. */
  boolean isValid();

  Key key();

  Value value();

  void next();

  /** Moves to the first entry whose key is not less. */
  void seek(Key to);
}
