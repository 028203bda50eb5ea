package io.cairnfs.client.mount;

import io.cairnfs.client.fuse.mounting.MountOptions;
import java.nio.file.Path;

/**
 * How a volume is mounted.
 *
 * @param directory where
 * @param options of the mount
 * @param cacheBytes memory for blocks that were read
 * @param holder names this mount to people, such as {@code host:pid:/mnt}
 * @param awaitBlocks the safeguard of {@link io.cairnfs.client.namespace.CommitOptions}; off only
 *     in tests of it
 */
public record MountSettings(
    Path directory, MountOptions options, long cacheBytes, String holder, boolean awaitBlocks) {

  private static final long DEFAULT_CACHE_BYTES = 256L << 20;

  /** The defaults for this process. */
  public static MountSettings of(Path directory, MountOptions options, String host) {
    long cache = Math.min(DEFAULT_CACHE_BYTES, Runtime.getRuntime().maxMemory() / 4);
    String holder = host + ":" + ProcessHandle.current().pid() + ":" + directory;
    return new MountSettings(directory, options, cache, holder, true);
  }

  public MountSettings withAwaitBlocks(boolean await) {
    return new MountSettings(directory, options, cacheBytes, holder, await);
  }
}
