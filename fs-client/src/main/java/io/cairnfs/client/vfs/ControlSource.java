package io.cairnfs.client.vfs;

import io.cairnfs.protocol.head.Snapshot;
import java.util.List;

/**
 * What the control directory shows. Thread-safe; where a method must wait, it is as with those of
 * {@link Vfs}.
 */
public interface ControlSource {

  /** The volume's snapshots, oldest first, as they were a moment ago. */
  List<Snapshot> snapshots() throws VfsException, InterruptedException;

  /** The tree of a snapshot. */
  Vfs open(Snapshot snapshot) throws VfsException, InterruptedException;

  /** Figures of the mount, a line each. */
  String stats();
}
