/** Finds the blocks that a volume needs, so that nodes can let go of the others. */
@NullMarked
package io.cairnfs.client.sweep;

import org.jspecify.annotations.NullMarked;
