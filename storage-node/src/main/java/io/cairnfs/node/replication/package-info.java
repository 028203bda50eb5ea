/**
 * Keeping replicas whole: what a node missed while it was away, what was damaged here, what two
 * replicas find when they compare, what is at the wrong place after the membership has changed, and
 * what a node that leaves must hand on.
 */
@NullMarked
package io.cairnfs.node.replication;

import org.jspecify.annotations.NullMarked;
