/** A node's data directory: its lock, its format, its identity and who was admitted. */
@NullMarked
package io.cairnfs.node.data;

import org.jspecify.annotations.NullMarked;
