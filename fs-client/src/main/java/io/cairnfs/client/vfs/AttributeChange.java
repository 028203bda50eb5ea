package io.cairnfs.client.vfs;

import org.jspecify.annotations.Nullable;

/**
 * What setattr changes; null leaves a thing as it is.
 *
 * @param permissions the low 12 bits of the mode
 * @param uid owner
 * @param gid group
 * @param size truncates or extends
 * @param atime access time
 * @param mtime modification time
 * @param ctimeNanos change time that the kernel dictates, nanoseconds since the epoch
 * @param killPrivileges clear set-user-id and set-group-id as a write by a stranger does
 */
public record AttributeChange(
    @Nullable Integer permissions,
    @Nullable Integer uid,
    @Nullable Integer gid,
    @Nullable Long size,
    @Nullable Time atime,
    @Nullable Time mtime,
    @Nullable Long ctimeNanos,
    boolean killPrivileges) {

  /** A time to set: now, or a given one. */
  public sealed interface Time {

    /** The time of the change. */
    record Now() implements Time {}

    /**
     * A given time.
     *
     * @param nanos nanoseconds since the epoch
     */
    record At(long nanos) implements Time {}
  }
}
