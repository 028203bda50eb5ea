package io.cairnfs.client.vfs;

/**
 * An open file or directory.
 *
 * @param handle names it until {@link Vfs#release} or {@link Vfs#releaseDirectory}
 * @param keepCache what the kernel has cached of its content is still right
 * @param direct the kernel must not cache its content
 */
public record Opened(long handle, boolean keepCache, boolean direct) {}
