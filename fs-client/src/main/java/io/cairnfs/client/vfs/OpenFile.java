package io.cairnfs.client.vfs;

import io.cairnfs.client.content.ReadAhead;

/** An open file. The failures that happened before it was opened are not its to report. */
final class OpenFile {

  final InodeState state;
  final OpenFlags flags;
  final ReadAhead readAhead;

  /** The session under which it was opened: it fails when that is gone. */
  final long session;

  /** Who has locked through it. */
  final LockOwners lockOwners = new LockOwners();

  private long failuresSeen;

  OpenFile(InodeState state, OpenFlags flags, ReadAhead readAhead, long session) {
    this.state = state;
    this.flags = flags;
    this.readAhead = readAhead;
    this.session = session;
    failuresSeen = state.failures.get();
  }

  /** Throws what went wrong with earlier writes, once. */
  synchronized void reportFailures() throws VfsException {
    long failures = state.failures.get();
    if (failures == failuresSeen) {
      return;
    }
    failuresSeen = failures;
    VfsException failure = state.failure;
    throw failure == null ? new VfsException(Failure.IO) : failure;
  }
}
