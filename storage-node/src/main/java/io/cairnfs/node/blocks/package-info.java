/** The block methods, answered from the store. */
@NullMarked
package io.cairnfs.node.blocks;

import org.jspecify.annotations.NullMarked;
