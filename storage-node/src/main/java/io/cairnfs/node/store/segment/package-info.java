/**
 * Append-only files of block bodies: writing, reading, and finding again what a crash left. It
 * knows nothing of the index that says where a body is.
 */
@NullMarked
package io.cairnfs.node.store.segment;

import org.jspecify.annotations.NullMarked;
