/** Mounting a volume: puts the client together, from the head and the blocks up to the kernel. */
@NullMarked
package io.cairnfs.client.mount;

import org.jspecify.annotations.NullMarked;
