package io.cairnfs.client.mount;

import io.cairnfs.client.fuse.mounting.MountOptions;
import java.nio.file.Path;

/**
 * How a volume is mounted.
 *
 * @param directory where
 * @param options of the mount
 * @param binding how it speaks to the kernel
 * @param cacheBytes memory for blocks that were read
 * @param holder names this mount to people, such as {@code host:pid:/mnt}
 * @param subdirectory of the volume, shown as the root; empty for all of it
 * @param awaitBlocks the safeguard of {@link io.cairnfs.client.namespace.CommitOptions}; off only
 *     in tests of it
 */
public record MountSettings(
    Path directory,
    MountOptions options,
    Binding binding,
    long cacheBytes,
    String holder,
    String subdirectory,
    boolean awaitBlocks) {

  private static final long DEFAULT_CACHE_BYTES = 256L << 20;

  /** The defaults for this process. */
  public static MountSettings of(Path directory, MountOptions options, String host) {
    long cache = Math.min(DEFAULT_CACHE_BYTES, Runtime.getRuntime().maxMemory() / 4);
    String holder = host + ":" + ProcessHandle.current().pid() + ":" + directory;
    return new MountSettings(directory, options, Binding.KERNEL, cache, holder, "", true);
  }

  public MountSettings withBinding(Binding wanted) {
    return new MountSettings(
        directory, options, wanted, cacheBytes, holder, subdirectory, awaitBlocks);
  }

  public MountSettings withSubdirectory(String path) {
    return new MountSettings(directory, options, binding, cacheBytes, holder, path, awaitBlocks);
  }

  /** What the mount table shows as the source, unless the options name one. */
  public MountSettings withDefaultSource(String source) {
    MountOptions named =
        options.source().equals(MountOptions.DEFAULT.source())
            ? options.withSource(source)
            : options;
    return new MountSettings(
        directory, named, binding, cacheBytes, holder, subdirectory, awaitBlocks);
  }

  public MountSettings withAwaitBlocks(boolean await) {
    return new MountSettings(directory, options, binding, cacheBytes, holder, subdirectory, await);
  }
}
