/**
 * The engine of a cell with several voters, by Apache Ratis, which is used here only. It speaks
 * through Cairn's transport; its logs and snapshots rest in the data directory.
 */
@NullMarked
package io.cairnfs.node.head.raft;

import org.jspecify.annotations.NullMarked;
