package io.cairnfs.client.namespace;

import io.cairnfs.client.extent.Extent;

/** A value of the namespace map; which one it is follows from its key's kind. Immutable. */
sealed interface Value
    permits Inode,
        InodeTimes,
        DirectoryEntry,
        ParentLink,
        Value.Content,
        Value.Attribute,
        Value.Orphan,
        Value.Absent {

  /** What a range of a file is (key {@code E}). */
  record Content(Extent extent) implements Value {}

  /** An extended attribute's value (key {@code X}); shared, not copied. */
  @SuppressWarnings("ArrayRecordComponent") // compared by tests only, through their own means
  record Attribute(byte[] bytes) implements Value {}

  /** An orphan (key {@code O}). */
  enum Orphan implements Value {
    MARK
  }

  /** In a layer: whatever lies below under this key does not count. Never in a tree. */
  enum Absent implements Value {
    ABSENT
  }
}
