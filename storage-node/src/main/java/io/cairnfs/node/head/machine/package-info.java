/** The heads' state machine: a pure core without clock, thread, disk or random of its own. */
@NullMarked
package io.cairnfs.node.head.machine;

import org.jspecify.annotations.NullMarked;
