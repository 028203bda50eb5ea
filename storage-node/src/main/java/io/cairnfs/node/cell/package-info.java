/**
 * The cells that this node votes in: how they are formed, found, and kept whole when voters go. The
 * consensus itself is in {@code node.head.raft}.
 */
@NullMarked
package io.cairnfs.node.cell;

import org.jspecify.annotations.NullMarked;
