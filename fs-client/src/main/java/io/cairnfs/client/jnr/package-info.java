/**
 * The binding by jnr-fuse and libfuse 2, for systems where the kernel's protocol cannot be spoken.
 */
@NullMarked
package io.cairnfs.client.jnr;

import org.jspecify.annotations.NullMarked;
