/** A node's HTTP port: metrics, health and status. */
@NullMarked
package io.cairnfs.node.http;

import org.jspecify.annotations.NullMarked;
