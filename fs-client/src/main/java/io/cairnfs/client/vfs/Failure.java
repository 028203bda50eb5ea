package io.cairnfs.client.vfs;

/**
 * Why an operation failed, in the words of POSIX; a binding turns these into its errno numbers,
 * once.
 */
public enum Failure {
  NOT_PERMITTED,
  NOT_FOUND,
  INTERRUPTED,
  IO,
  NO_SUCH_DEVICE_OR_ADDRESS,
  BAD_HANDLE,
  TRY_AGAIN,
  OUT_OF_MEMORY,
  ACCESS_DENIED,
  BUSY,
  EXISTS,
  CROSS_DEVICE,
  NOT_A_DIRECTORY,
  IS_A_DIRECTORY,
  INVALID,
  FILE_TOO_LARGE,
  NO_SPACE,
  READ_ONLY,
  TOO_MANY_LINKS,
  OUT_OF_RANGE,
  NAME_TOO_LONG,
  NOT_SUPPORTED,
  NOT_EMPTY,
  NO_SUCH_ATTRIBUTE,
  OVER_QUOTA,
  STALE,
  WOULD_DEADLOCK,
  NO_LOCKS
}
