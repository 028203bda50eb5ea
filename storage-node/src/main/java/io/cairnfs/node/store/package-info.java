/** The block store of a node: the port, its RocksDB implementation and an in-memory twin. */
@NullMarked
package io.cairnfs.node.store;

import org.jspecify.annotations.NullMarked;
