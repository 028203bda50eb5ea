/** Keeping replicas whole: what a node missed while it was away, and what was damaged here. */
@NullMarked
package io.cairnfs.node.catchup;

import org.jspecify.annotations.NullMarked;
