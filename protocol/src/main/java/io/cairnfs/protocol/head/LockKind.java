package io.cairnfs.protocol.head;

/** Which locks of a file exclude each other: those of one kind. */
public enum LockKind {
  /** Of an open file description and the whole file, as {@code flock(2)} has it. */
  FLOCK,
  /** Of a process or an open file description and a range, as {@code fcntl(2)} has it. */
  POSIX
}
