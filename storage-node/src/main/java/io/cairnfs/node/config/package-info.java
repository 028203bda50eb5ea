/** A node's configuration. */
@NullMarked
package io.cairnfs.node.config;

import org.jspecify.annotations.NullMarked;
