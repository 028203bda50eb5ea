/** The composition roots of nodes: one for a process of its own, one inside another program. */
@NullMarked
package io.cairnfs.node;

import org.jspecify.annotations.NullMarked;
