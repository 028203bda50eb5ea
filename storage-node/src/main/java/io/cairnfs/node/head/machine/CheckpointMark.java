package io.cairnfs.node.head.machine;

/**
 * Tells whether a checkpoint of a volume has become old: two that are equal stand for states that
 * it need not tell apart. Of one process.
 *
 * @param epoch of the volume
 * @param rootSequence what the last fold includes
 * @param quotaVersion how many quotas were set
 * @param snapshotChanges what was done to snapshots and their schedule
 * @param inodes how many times {@link VolumeHead#INODES_PER_CHECKPOINT} numbers were granted
 */
public record CheckpointMark(
    long epoch, long rootSequence, long quotaVersion, long snapshotChanges, long inodes) {}
