/**
 * Names: one persistent ordered map from keys (inodes, names, extents, attributes) to values, a
 * Merkle B+tree in blocks plus what happened since, and transactions on it.
 */
@NullMarked
package io.cairnfs.client.namespace;

import org.jspecify.annotations.NullMarked;
