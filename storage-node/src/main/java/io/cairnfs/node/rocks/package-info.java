/** RocksDB: opening one instance per data directory, its options and what its failures mean. */
@NullMarked
package io.cairnfs.node.rocks;

import org.jspecify.annotations.NullMarked;
