package io.cairnfs.protocol.head;

import io.cairnfs.protocol.cid.Cid;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A name for what a volume was at one sequence. It can be read once a fold has ended there and
 * given it its root.
 *
 * @param serial its number within the volume, from 1, never used again
 * @param name see {@link SnapshotName}
 * @param created when
 * @param sequence the last transaction that it includes
 * @param root of its tree; null until a fold has ended at the sequence
 * @param usage what the volume held
 * @param nextInode no inode of it has this number or a greater one
 * @param automatic whether a schedule made it, which also deletes it again
 */
public record Snapshot(
    long serial,
    String name,
    Instant created,
    long sequence,
    @Nullable Cid root,
    Usage usage,
    long nextInode,
    boolean automatic) {

  public Snapshot withRoot(Cid newRoot) {
    return new Snapshot(serial, name, created, sequence, newRoot, usage, nextInode, automatic);
  }
}
