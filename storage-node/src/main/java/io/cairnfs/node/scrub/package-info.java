/** Reads everything that a node holds again, within a period, to find what the disk has damaged. */
@NullMarked
package io.cairnfs.node.scrub;

import org.jspecify.annotations.NullMarked;
