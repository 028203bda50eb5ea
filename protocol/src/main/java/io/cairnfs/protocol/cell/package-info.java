/** Cells: the groups of voters that host the heads of volumes. */
@NullMarked
package io.cairnfs.protocol.cell;

import org.jspecify.annotations.NullMarked;
