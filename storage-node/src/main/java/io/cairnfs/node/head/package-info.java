/**
 * The heads that this node votes on: a log on disk that drives the state machine, and its service.
 */
@NullMarked
package io.cairnfs.node.head;

import org.jspecify.annotations.NullMarked;
