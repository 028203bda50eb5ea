/**
 * The default kernel binding: a {@link io.cairnfs.client.vfs.Vfs} mounted through {@code
 * /dev/fuse}.
 */
@NullMarked
package io.cairnfs.client.fuse;

import org.jspecify.annotations.NullMarked;
