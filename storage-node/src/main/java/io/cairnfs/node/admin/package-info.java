/** What operators see of a node. */
@NullMarked
package io.cairnfs.node.admin;

import org.jspecify.annotations.NullMarked;
